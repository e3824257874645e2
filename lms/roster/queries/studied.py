"""Reads proofs of hours: each learner's study sessions, and what they come to, as columns."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.roster.domain.sittings import (
    TOTAL,
    Sitting,
    clock_time,
    in_order,
    minutes,
    sum_line,
)
from lms.roster.queries.enrolled import Columns, enrolled
from lms.roster.queries.selecting import Selection
from lms.roster.queries.sittings import heads_of, sittings_of

# A learner has some hundred sessions, so few learners are read at a time.
_LEARNERS = 50
_NEEDED = frozenset({"hours_online_verified", "offline", "class_name", "course"})
# The columns that differ from session to session.
_OWN = (
    *("study_day", "study_course", "began", "ended", "minutes", "hours", "checks"),
    *("quiz_score", "device", "record", "note"),
)


def studied(
    session: Session, selection: Selection, keys: Collection[str], chunk: int = _LEARNERS
) -> Iterator[Columns]:
    """Yield what the columns named are made of: the sessions of a learner, then their sum.

    ``subject`` and ``person`` are the ids of the enrollments and their people.
    """
    for columns in enrolled(session, selection, {*keys, *_NEEDED}, min(chunk, _LEARNERS)):
        yield _expanded(session, columns)


def _expanded(session: Session, columns: Columns) -> Columns:
    learners = list(
        zip(
            *(columns[name] for name in ("person", "course_id", "class_id")),
            *(columns[name] for name in ("subject", "revision_id")),
            strict=True,
        )
    )
    found = sittings_of(session, learners)
    heads = heads_of(session, set(columns["person"]))
    at: list[int] = []
    rows: list[tuple[Any, ...]] = []
    for place, learner in enumerate(learners):
        own = in_order(found[learner[3]])
        online, room = (columns[name][place] for name in ("hours_online_verified", "offline"))
        rows += [_row(each) for each in own]
        rows.append(_sum(own, online, room, heads[learner[0]]))
        at += [place] * (len(own) + 1)
    whole: Columns = {name: [values[each] for each in at] for name, values in columns.items()}
    return {**whole, **dict(zip(_OWN, map(list, zip(*rows, strict=True)), strict=True))}


def _row(own: Sitting) -> tuple[Any, ...]:
    return (
        *(date.fromordinal(own.day), own.title, clock_time(own.from_ms), clock_time(own.until_ms)),
        *(minutes(own.credited_ms), own.credited_ms, own.checks_said, own.quiz, own.device),
        *(own.record, ""),
    )


def _sum(
    own: Sequence[Sitting], online_ms: int, room_ms: int, head: tuple[int, str]
) -> tuple[Any, ...]:
    asked = sum(each.checks for each in own)
    passed = sum(each.passed for each in own)
    return (
        *(None, TOTAL, "", "", minutes(online_ms + room_ms), online_ms + room_ms),
        *(f"{asked}/{passed}" if asked else "", None, "", "", sum_line(online_ms, room_ms, *head)),
    )
