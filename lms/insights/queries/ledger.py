"""Reads the ledger as figures need it: hours and refused time, by person, course and month."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from lms.catalog.models import Material
from lms.db.among import among
from lms.insights.domain.months import month_of
from lms.progress.models import WatchSlice


class Entry(NamedTuple):
    """What one entry of the ledger says, milliseconds; ``refused`` by reason."""

    id: int
    person_id: int
    course_id: int
    month: int
    credited_ms: int
    refused: Mapping[str, int]


def entries_after(session: Session, *, after: int, upto: int, limit: int) -> list[Entry]:
    """Return the next entries of everybody, in the order they were written."""
    rows = session.execute(
        _entries()
        .where(WatchSlice.id > after, WatchSlice.id <= upto)
        .order_by(WatchSlice.id)
        .limit(limit)
    )
    return _read(rows)


def entries_of(session: Session, people: Sequence[int], *, upto: int) -> list[Entry]:
    """Return the entries of some people, up to the one given."""
    rows = session.execute(
        _entries().where(among(WatchSlice.person_id, "people"), WatchSlice.id <= upto),
        {"people": list(people)},
    )
    return _read(rows)


def newest_entry(session: Session) -> int:
    """Return the number of the newest entry, 0 where there is none."""
    return session.scalar(select(func.max(WatchSlice.id))) or 0


def lengths(refused: Mapping[str, Iterable[Sequence[int]]]) -> dict[str, int]:
    """Return how long the refused stretches are, by reason."""
    found = {reason: sum(end - begin for begin, end in pairs) for reason, pairs in refused.items()}
    return {reason: ms for reason, ms in found.items() if ms}


def _entries() -> Select[Any]:
    own = WatchSlice
    return select(
        *(own.id, own.person_id, Material.course_id, own.day, own.credited_ms, own.refused)
    ).join(Material, Material.id == own.material_id)


def _read(rows: Iterable[Any]) -> list[Entry]:
    months: dict[int, int] = {}
    found = []
    for number, person_id, course_id, day, credited_ms, refused in rows:
        month = months.get(day) or months.setdefault(day, month_of(date.fromordinal(day)))
        losses = lengths(refused) if refused else {}
        found.append(Entry(number, person_id, course_id, month, credited_ms, losses))
    return found
