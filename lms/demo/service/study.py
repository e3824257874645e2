"""Lets demo learners study what they joined: browsers, the watch ledger, steps done, quizzes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from lms.accounts.models import SignIn
from lms.catalog.outline import CourseView
from lms.core.access import Actor
from lms.db.base import Base
from lms.demo import domain
from lms.demo.domain import Course, Fate, Learner, Step
from lms.demo.service import history, plan
from lms.demo.service.answers import Sitting, take_quizzes
from lms.progress.domain.units import datetime_to_ms, ms_to_datetime

# Up to here every item has its own slice; beyond, one item a lesson, or a million takes an hour.
_EVERY_ITEM_UP_TO = 20_000
# Up to here quizzes are really drawn and answered.
_REAL_ANSWERS_UP_TO = 300
_SIGN_IN_LASTED = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Taken:
    """A learner, the rows they are known by, and what they did of a course."""

    learner: Learner
    person_id: int
    sign_in_id: int
    first_day: int
    started_at: datetime
    course: Course


@dataclass(frozen=True, slots=True)
class Studied:
    """A course with its steps and who took it, by whose enrollment each is known."""

    tree: CourseView
    steps: Sequence[Step]
    taken: Sequence[Taken]
    enrolled: Mapping[int, int]
    # Whether each quiz is drawn and answered one by one; else how it ended is all that is kept.
    has_answers: bool = True


def insert_rows(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> None:
    """Insert past the mapper, which would write each row that holds a null by itself."""
    session.connection().execute(insert(model), rows)


def sign_ins(session: Session, person_ids: Sequence[int], *, since: datetime) -> dict[int, int]:
    """Return the ended sign-in each person studied with, made where it is missing."""
    known = _known_sign_ins(session, person_ids)
    missing = [person_id for person_id in person_ids if person_id not in known]
    if missing:
        rows = [
            {
                "token_hash": f"demo-{person_id}",
                "person_id": person_id,
                "device": "android wechat",
                "device_hash": "demo",
                "created_at": since,
                "last_seen_at": since,
                "expires_at": since + _SIGN_IN_LASTED,
                "revoked_at": since + _SIGN_IN_LASTED,
            }
            for person_id in missing
        ]
        insert_rows(session, SignIn, rows)
        known = _known_sign_ins(session, person_ids)
    return known


def _known_sign_ins(session: Session, person_ids: Sequence[int]) -> dict[int, int]:
    hashes = [f"demo-{person_id}" for person_id in person_ids]
    rows = session.execute(select(SignIn.person_id, SignIn.id).where(SignIn.token_hash.in_(hashes)))
    return {row[0]: row[1] for row in rows}


def study(session: Session, studied: Studied, *, among: int, seed: int) -> None:
    """Write down what was studied; ``among`` is of how many enrollments, which says how finely."""
    rows = [
        history.NewRow(
            studied.enrolled[each.person_id],
            each.person_id,
            each.sign_in_id,
            each.first_day,
            datetime_to_ms(each.started_at),
            each.course.done,
            each.course.share_percent,
        )
        for each in studied.taken
    ]
    every = among <= _EVERY_ITEM_UP_TO
    watched = plan.every_item(studied.tree) if every else plan.one_item_a_lesson(studied.tree)
    step_rows = plan.step_rows(session, studied.tree, studied.steps, watched)
    history.open_batch(session, step_rows, rows)
    history.write_study(session)
    has_answers = studied.has_answers and among <= _REAL_ANSWERS_UP_TO
    if not has_answers:
        history.write_attempts(session)
    history.close_batch(session)
    if has_answers:
        _answer(session, studied, seed)


def _answer(session: Session, studied: Studied, seed: int) -> None:
    items = list(studied.tree.items())
    for each in studied.taken:
        if each.course.fate is Fate.WITHDRAWN:
            continue
        begins = datetime_to_ms(each.started_at)
        actor = Actor(each.person_id, each.learner.name, (), each.sign_in_id)
        sittings = [
            Sitting(
                item,
                ms_to_datetime(begins + step.offset_ms),
                ms_to_datetime(begins + step.offset_ms + step.duration_ms),
                domain.chance(seed, each.learner.number, item.address),
            )
            for step, item in zip(studied.steps, items, strict=True)
            if item.quiz_id and step.number <= each.course.done
        ]
        take_quizzes(session, actor, studied.enrolled[each.person_id], sittings)
