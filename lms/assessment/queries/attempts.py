"""Reads what starting, saving, showing and grading need; right answers leave for grading alone."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from lms.assessment.domain import GRACE, AnswerKey, AttemptState, Drawable, Tries
from lms.assessment.models import Attempt, AttemptQuestion, Option, Question, Quiz, Response
from lms.catalog.models import Item
from lms.catalog.queries import item_in_all_versions
from lms.core.errors import NotFound
from lms.enrollment.models import Enrollment

# Each saved answer asks these two, so they are put together once.
_OWN_FOR_UPDATE = (
    select(Attempt, Enrollment.status)
    .join(Enrollment, Enrollment.id == Attempt.enrollment_id)
    .where(Attempt.id == bindparam("attempt_id"), Attempt.person_id == bindparam("person_id"))
    .with_for_update(of=Attempt)
    .execution_options(populate_existing=True)
)
_ASKED = (
    select(Question.kind, AttemptQuestion.option_order)
    .join(Question, Question.id == AttemptQuestion.question_id)
    .where(
        AttemptQuestion.attempt_id == bindparam("attempt_id"),
        AttemptQuestion.question_id == bindparam("question_id"),
    )
)


def own_attempt(session: Session, *, person_id: int, attempt_id: int) -> tuple[Attempt, Quiz, int]:
    """Return the person's attempt with its quiz and the revision it was begun in.

    Raises ``NotFound`` for anyone else's attempt as for one that does not exist.
    """
    row = session.execute(
        select(Attempt, Quiz, Item.revision_id)
        .join(Quiz, Quiz.id == Attempt.quiz_id)
        .join(Item, Item.id == Attempt.item_id)
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], row[2]


def own_attempt_for_update(
    session: Session, *, person_id: int, attempt_id: int
) -> tuple[Attempt, str]:
    """Lock the person's attempt; return it with the status of its enrollment.

    Raises ``NotFound`` for anyone else's attempt as for one that does not exist.
    """
    wanted = {"person_id": person_id, "attempt_id": attempt_id}
    row = session.execute(_OWN_FOR_UPDATE, wanted).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1]


def open_attempt_for_update(session: Session, *, person_id: int, item_id: int) -> Attempt | None:
    """Lock and return the person's open attempt at the item, in whatever version of the course."""
    return session.scalar(
        select(Attempt)
        .where(
            Attempt.person_id == person_id,
            Attempt.item_id.in_(item_in_all_versions(item_id)),
            Attempt.state == AttemptState.OPEN,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def attempt_for_update(session: Session, attempt_id: int) -> Attempt:
    """Lock and return an attempt, whoever's it is."""
    return session.scalars(
        select(Attempt)
        .where(Attempt.id == attempt_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def tries(session: Session, *, enrollment_id: int, item_id: int, most: int | None) -> Tries:
    """Return what the enrollment used of the tries at the item, whatever version they were at."""
    rows = session.execute(
        select(Attempt.state, Attempt.passed).where(
            Attempt.enrollment_id == enrollment_id,
            Attempt.item_id.in_(item_in_all_versions(item_id)),
        )
    ).all()
    return Tries(
        most=most,
        started=len(rows),
        has_open=any(state == AttemptState.OPEN for state, _ in rows),
        has_passed=any(passed for _, passed in rows),
    )


def is_overdue(session: Session, *, person_id: int, attempt_id: int, at: datetime) -> bool:
    """Tell whether the person's attempt is still open though its time, grace included, is over."""
    found = session.scalar(
        select(Attempt.id).where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.state == AttemptState.OPEN,
            Attempt.deadline_at < at - GRACE,
        )
    )
    return found is not None


def overdue(session: Session, *, at: datetime, limit: int) -> list[int]:
    """Return ids of open attempts whose time is over, the longest over first."""
    return list(
        session.scalars(
            select(Attempt.id)
            .where(Attempt.state == AttemptState.OPEN, Attempt.deadline_at < at - GRACE)
            .order_by(Attempt.deadline_at)
            .limit(limit)
        )
    )


def drawable(session: Session, bank_id: int) -> list[Drawable]:
    """Return the bank's current questions in a stable order."""
    rows = session.execute(
        select(Question.id, Option.key)
        .join(Option, Option.question_id == Question.id)
        .where(Question.bank_id == bank_id, Question.retired_at.is_(None))
        .order_by(Question.key, Option.position)
    )
    options: dict[int, list[str]] = defaultdict(list)
    for question_id, key in rows:
        options[question_id].append(key)
    return [Drawable(question_id, tuple(keys)) for question_id, keys in options.items()]


def asked(session: Session, *, attempt_id: int, question_id: int) -> tuple[str, list[str]] | None:
    """Return kind and option order of a question of the attempt, ``None`` for any other."""
    wanted = {"attempt_id": attempt_id, "question_id": question_id}
    row = session.execute(_ASKED, wanted).one_or_none()
    return (row[0], row[1]) if row else None


def answer_keys(session: Session, attempt_id: int) -> list[AnswerKey]:
    """Return the right options of the versions served."""
    rows = session.execute(
        select(AttemptQuestion.question_id, Option.key)
        .join(Option, Option.question_id == AttemptQuestion.question_id)
        .where(AttemptQuestion.attempt_id == attempt_id, Option.is_correct.is_(True))
    )
    right: dict[int, set[str]] = defaultdict(set)
    for question_id, key in rows:
        right[question_id].add(key)
    return [AnswerKey(question_id, frozenset(keys)) for question_id, keys in right.items()]


def answers(session: Session, attempt_id: int) -> dict[int, list[str]]:
    """Return the saved answers as option keys, by question."""
    rows = session.execute(
        select(Response.question_id, Response.answer).where(Response.attempt_id == attempt_id)
    )
    return {question_id: list(answer) for question_id, answer in rows}
