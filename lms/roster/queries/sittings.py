"""Reads the study sessions of some learners: on line by turn and day, in rooms, and granted."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Row, case, func, select
from sqlalchemy.orm import Session

from lms.accounts.domain.devices import stored_device
from lms.accounts.models import SignIn
from lms.assessment.models import Attempt
from lms.catalog.models import Material
from lms.catalog.tree import revision_tree
from lms.core.clock import local_day
from lms.db.among import among
from lms.enrollment.domain import SessionState
from lms.enrollment.models import ClassSession, SessionAttendance
from lms.progress.domain.units import datetime_to_ms
from lms.progress.models import PlaybackLease, PresenceCheck, StudyClock, WatchSlice
from lms.progress.queries import ledger_head
from lms.roster.domain.filters import Text
from lms.roster.domain.sittings import Sitting

# A learner of a list: person, course, class (or none), enrollment and revision.
Learner = tuple[int, int, int | None, int, int]
_IN_ROOM = {"zh": "线下", "en": "in person"}


def sittings_of(session: Session, learners: Sequence[Learner]) -> Mapping[int, list[Sitting]]:
    """Return the sessions by enrollment, in no order."""
    people = sorted({each[0] for each in learners})
    online = _by(_turns(session, people), "person_id", "course_id")
    rooms = _by(_rooms(session, people), "person_id", "training_class_id")
    checks = _checks(session, people)
    quizzes = _quizzes(session, [each[3] for each in learners])
    found: dict[int, list[Sitting]] = {}
    for person, course, run, enrollment, revision in learners:
        titles = _titles(session, revision)
        found[enrollment] = [
            _online(row, titles, checks, quizzes.get((enrollment, row.item_id, row.day)))
            for row in online[person, course]
        ] + [_in_room(row) for row in rooms[person, run]]
    return found


def heads_of(session: Session, people: Collection[int]) -> Mapping[int, tuple[int, str]]:
    """Return of each person how many entries their ledger has, and the hash of all of them."""
    rows = session.execute(
        select(StudyClock.person_id, StudyClock.entries, StudyClock.head).where(
            among(StudyClock.person_id, "people"), StudyClock.head.is_not(None)
        ),
        {"people": sorted(people)},
    )
    kept = {row[0]: (row[1] or 0, row[2] or "") for row in rows}
    return {each: kept.get(each) or ledger_head(session, each) for each in people}


def _turns(session: Session, people: Sequence[int]) -> Sequence[Any]:
    entry, turn = WatchSlice, PlaybackLease
    what = (entry.person_id, Material.course_id, Material.lesson_key, entry.lease_id, entry.day)
    return session.execute(
        select(
            *what,
            turn.item_id,
            SignIn.device,
            func.sum(entry.credited_ms).label("credited_ms"),
            func.min(entry.wall_from_ms).label("from_ms"),
            func.max(entry.wall_to_ms).label("until_ms"),
            func.min(entry.id).label("first"),
            func.max(entry.id).label("last"),
        )
        .join(Material, Material.id == entry.material_id)
        .outerjoin(turn, turn.id == entry.lease_id)
        .outerjoin(SignIn, SignIn.id == turn.sign_in_id)
        .where(among(entry.person_id, "people"))
        .group_by(*what, turn.item_id, SignIn.device)
        .having(func.sum(entry.credited_ms) != 0),
        {"people": people},
    ).all()


def _rooms(session: Session, people: Sequence[int]) -> Sequence[Any]:
    was, held = SessionAttendance, ClassSession
    return session.execute(
        select(
            *(was.person_id, held.training_class_id, held.held_on, held.title, held.place),
            *(was.attended_ms, was.from_at, was.until_at, was.entry_id),
        )
        .join(held, held.id == was.class_session_id)
        .where(
            among(was.person_id, "people"),
            was.attended_ms > 0,
            held.state != SessionState.CANCELLED,
        ),
        {"people": people},
    ).all()


def _checks(session: Session, people: Sequence[int]) -> Mapping[str, tuple[int, int]]:
    """Return by turn how many presence checks there were, and how many were passed."""
    check = PresenceCheck
    is_passed = (
        check.answered_at_ms.is_not(None)
        & check.missed_at_ms.is_(None)
        & check.is_right.is_not(False)
    )
    rows = session.execute(
        select(check.lease_id, func.count(), func.sum(case((is_passed, 1), else_=0)))
        .where(among(check.person_id, "people"))
        .group_by(check.lease_id),
        {"people": people},
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}


def _quizzes(session: Session, enrollments: Sequence[int]) -> Mapping[tuple[int, int, int], int]:
    """Return the best result by enrollment, quiz and day."""
    rows = session.execute(
        select(Attempt.enrollment_id, Attempt.item_id, Attempt.submitted_at, Attempt.percent).where(
            among(Attempt.enrollment_id, "enrollments"), Attempt.percent.is_not(None)
        ),
        {"enrollments": enrollments},
    )
    found: dict[tuple[int, int, int], int] = {}
    for enrollment, item, at, percent in rows:
        if at is not None:
            key = (enrollment, item, local_day(at).toordinal())
            found[key] = max(found.get(key, 0), percent or 0)
    return found


def _by(rows: Sequence[Any], *names: str) -> defaultdict[tuple[Any, ...], list[Row[Any]]]:
    found: defaultdict[tuple[Any, ...], list[Row[Any]]] = defaultdict(list)
    for row in rows:
        found[tuple(getattr(row, name) for name in names)].append(row)
    return found


def _titles(session: Session, revision_id: int) -> Mapping[str, Text]:
    return {each.key: each.title for each in revision_tree(session, revision_id).lessons}


def _online(
    row: Row[Any],
    titles: Mapping[str, Text],
    checks: Mapping[str, tuple[int, int]],
    quiz: int | None,
) -> Sitting:
    asked, passed = checks.get(row.lease_id, (0, 0))
    device = stored_device(row.device).code if row.device else ""
    record = str(row.first) if row.first == row.last else f"{row.first}–{row.last}"
    title = titles.get(row.lesson_key, {"zh": row.lesson_key})
    return Sitting(
        *(row.day, title, int(row.credited_ms), row.from_ms, row.until_ms, asked, passed),
        quiz=quiz,
        device=device,
        record=record,
    )


def _in_room(row: Row[Any]) -> Sitting:
    title = {language: f"{said} · {row.title}" for language, said in _IN_ROOM.items()}
    begin, end = (datetime_to_ms(at) if at else None for at in (row.from_at, row.until_at))
    return Sitting(
        *(row.held_on.toordinal(), title, row.attended_ms, begin, end),
        device=row.place,
        record=f"A{row.entry_id}",
    )
