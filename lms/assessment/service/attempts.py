"""Starts attempts and keeps the answers given in them."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.assessment.domain import (
    AttemptState,
    GivenAnswer,
    QuestionKind,
    Saved,
    Tries,
    deadline_of,
    draw,
    is_late,
    keys_of,
    letters_of,
)
from lms.assessment.models import Attempt, AttemptQuestion, Quiz, Response
from lms.assessment.queries import attempts as queries
from lms.assessment.service.closing import close, require_enrolled
from lms.catalog.outline import ItemView
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.session import savepoint

# A lost race shows the winner's attempt on the next look; more looks are for bad luck.
_TRIES_AT_A_RACE = 5
_SEED_BITS = 62


def start_attempt(
    session: Session, *, actor: Actor, item: ItemView, enrollment_id: int, now: datetime
) -> Attempt:
    """Return the actor's open attempt at the quiz item, or start the next one.

    The caller has checked that the enrollment is the actor's, live, and holds the item. Raises
    ``NotFound`` where the item is no quiz and ``Conflict`` where no try is left, a limited quiz
    is passed already, or the bank is empty.
    """
    quiz = session.get(Quiz, item.quiz_id) if item.quiz_id else None
    if quiz is None:
        raise NotFound
    for _ in range(_TRIES_AT_A_RACE):
        found = _still_open(session, actor, item, enrollment_id, now)
        if found is not None:
            return found
        tries = queries.tries(
            session, enrollment_id=enrollment_id, item_id=item.id, most=quiz.max_attempts
        )
        if tries.has_open:
            # Another tap opened it between the two looks; the next look finds it.
            continue
        _require_try_left(tries)
        attempt = _blank(quiz, actor, item.id, enrollment_id, now)
        attempt.number = tries.started + 1
        try:
            with savepoint(session):
                session.add(attempt)
                session.flush()
        except IntegrityError:
            # Another tap was faster; the unique indexes kept a second attempt out.
            session.expire_all()
        else:
            _ask(session, attempt, quiz)
            return attempt
    raise Conflict("attempt_busy", "This test is being opened elsewhere. Please tap once more.")


def _still_open(
    session: Session, actor: Actor, item: ItemView, enrollment_id: int, now: datetime
) -> Attempt | None:
    """Return the open attempt; close one that is over or belongs to an enrollment that ended."""
    found = queries.open_attempt_for_update(session, person_id=actor.person_id, item_id=item.id)
    if found is None:
        return None
    if is_late(found.deadline_at, now) or found.enrollment_id != enrollment_id:
        close(session, found, now)
        return None
    return found


def _require_try_left(tries: Tries) -> None:
    if tries.most is not None and tries.has_passed:
        raise Conflict("attempt_passed_already", "You have passed this test already.")
    if tries.left == 0:
        raise Conflict(
            "no_attempts_left",
            "You have used all %(most)s tries at this test. Your results are kept.",
            most=tries.most or 0,
        )


def _blank(quiz: Quiz, actor: Actor, item_id: int, enrollment_id: int, now: datetime) -> Attempt:
    return Attempt(
        quiz_id=quiz.id,
        item_id=item_id,
        enrollment_id=enrollment_id,
        person_id=actor.person_id,
        state=AttemptState.OPEN,
        seed=secrets.randbits(_SEED_BITS),
        started_at=now,
        deadline_at=deadline_of(now, quiz.time_limit_s),
    )


def _ask(session: Session, attempt: Attempt, quiz: Quiz) -> None:
    drawn = draw(queries.drawable(session, quiz.bank_id), quiz.draw, attempt.seed)
    if not drawn:
        raise Conflict("quiz_empty", "This test has no questions yet. Please come back later.")
    session.add_all(
        AttemptQuestion(
            attempt_id=attempt.id,
            position=position,
            question_id=question.question_id,
            option_order=list(question.option_order),
        )
        for position, question in enumerate(drawn, start=1)
    )
    session.flush()


def save_response(
    session: Session, *, actor: Actor, attempt_id: int, given: GivenAnswer, now: datetime
) -> Saved:
    """Keep the answer to one question and return what is stored; an older ``rev`` changes nothing.

    Raises ``NotFound`` for anyone else's attempt and for a question it does not ask, ``Conflict``
    after the hand-in or the deadline, ``Forbidden`` where the enrollment ended, and
    ``InvalidInput`` for an answer that is none of the options.
    """
    attempt = _open_for_answers(session, actor, attempt_id, now)
    return _store(session, attempt, given, now)


def save_page(
    session: Session,
    *,
    actor: Actor,
    attempt_id: int,
    given: Sequence[GivenAnswer],
    now: datetime,
) -> None:
    """Keep what a sent page shows: it is the newest word, whatever ``rev`` the page began with.

    A page that shows what is stored already changes nothing. Raises as ``save_response``.
    """
    attempt = _open_for_answers(session, actor, attempt_id, now)
    for answer in given:
        stored = session.get(Response, (attempt.id, answer.question_id))
        rev = max(answer.rev, stored.rev + 1) if stored else answer.rev
        newest = GivenAnswer(answer.question_id, answer.letters, rev)
        if stored or answer.letters:
            _store(session, attempt, newest, now)


def _open_for_answers(session: Session, actor: Actor, attempt_id: int, now: datetime) -> Attempt:
    attempt, status = queries.own_attempt_for_update(
        session, person_id=actor.person_id, attempt_id=attempt_id
    )
    if attempt.state != AttemptState.OPEN:
        raise Conflict("attempt_closed", "This test is handed in. Its answers cannot change now.")
    require_enrolled(status)
    if is_late(attempt.deadline_at, now):
        raise Conflict(
            "attempt_time_up", "Time is up. The answers saved before then are kept and count."
        )
    return attempt


def _store(session: Session, attempt: Attempt, given: GivenAnswer, now: datetime) -> Saved:
    asked = queries.asked(session, attempt_id=attempt.id, question_id=given.question_id)
    if asked is None:
        raise NotFound
    kind, order = asked
    keys = _checked(kind, given.letters, order)
    stored = session.get(Response, (attempt.id, given.question_id), populate_existing=True)
    if stored is None:
        stored = Response(
            attempt_id=attempt.id,
            question_id=given.question_id,
            answer=list(keys),
            rev=given.rev,
            saved_at=now,
        )
        session.add(stored)
    elif given.rev >= stored.rev and list(keys) != stored.answer:
        stored.answer, stored.rev, stored.saved_at = list(keys), given.rev, now
    session.flush()
    return Saved(letters_of(stored.answer, order), stored.rev, stored.saved_at)


def _checked(kind: str, letters: Sequence[str], order: Sequence[str]) -> tuple[str, ...]:
    keys = keys_of(letters, order)
    if keys is None:
        raise InvalidInput(
            {"answer": Message("answer_unknown", "This answer is not one of the options.")}
        )
    if kind == QuestionKind.SINGLE and len(keys) > 1:
        raise InvalidInput({"answer": Message("answer_not_one", "Please choose one answer only.")})
    return keys
