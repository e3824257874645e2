"""Proves the sums that are kept ready against the ledger, and puts a wrong one right."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.progress import queries
from lms.progress.domain.ledger import COLUMNS
from lms.progress.domain.recount import Recount, Sets, differences, recount
from lms.progress.domain.versions import above_longest
from lms.progress.models import (
    CourseTime,
    FinalResult,
    MaterialProgress,
    StudyClock,
    WatchSlice,
)
from lms.progress.service.entries import write_sets

_KEPT = ("seen", "credited", "held", "refused", "seen_ms", "credited_ms", "granted_ms")
_READ_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Recounted:
    """What one person's ledger proved: how many entries, and each thing that does not fit.

    ``sets`` are the wrong columns by material: a cache, which can be put right. ``broken`` says in
    words what no recount can put right.
    """

    person_id: int
    entries: int
    sets: dict[int, dict[str, Any]] = field(default_factory=dict)
    broken: tuple[str, ...] = ()


def people_with_ledger(session: Session, *, after: int, limit: int) -> Sequence[int]:
    """Return the next people who ever studied, by their ids."""
    return session.scalars(
        select(StudyClock.person_id)
        .where(StudyClock.person_id > after)
        .order_by(StudyClock.person_id)
        .limit(limit)
    ).all()


def recount_person(session: Session, person_id: int) -> Recounted:
    """Compare what is kept ready with the person's ledger, under the lock of their clock."""
    clock = queries.lock_clock(session, person_id)
    if clock is None:
        return Recounted(person_id, 0)
    counted = recount(_entries(session, person_id))
    stored = {
        row["material_id"]: dict(row)
        for row in session.execute(
            select(
                MaterialProgress.material_id, *(getattr(MaterialProgress, name) for name in _KEPT)
            ).where(MaterialProgress.person_id == person_id)
        ).mappings()
    }
    wrong = differences(counted, stored)
    broken = (*_broken(clock, counted), *_above_longest(session, counted))
    return Recounted(person_id, counted.head.entries, wrong, broken)


def repair(session: Session, found: Recounted) -> None:
    """Write the sums the ledger gives where what is kept ready differs; the ledger stays."""
    for material_id, right in found.sets.items():
        row = session.get(MaterialProgress, (found.person_id, material_id))
        kept = {name: getattr(row, name) for name in (*_KEPT, "position_ms", "updated_at_ms")}
        key = {"person_id": found.person_id, "material_id": material_id}
        write_sets(session, {**_NEW_ROW, **(kept if row else {}), **right, **key})


def put_right(session: Session, person_id: int) -> None:
    """Keep of the person's courses and final tests what their parts add up to, under their lock."""
    queries.lock_clock(session, person_id)
    for wrong in list(queries.wrong_sums(session, person_id, person_id)):
        row = session.get(wrong.model, wrong.key)
        if wrong.model is CourseTime:
            person_id, course_id = wrong.key
            row = row or CourseTime(person_id=person_id, course_id=course_id, verified_ms=0)
            none = 0 if wrong.column == "verified_ms" else None
            setattr(row, wrong.column, none if wrong.counted is None else wrong.counted)
            session.add(row)
        elif wrong.counted is None:
            session.delete(row)
        else:
            session.merge(FinalResult(enrollment_id=wrong.key[0], percent=wrong.counted))


_NEW_ROW = Sets().values() | {"position_ms": 0, "updated_at_ms": 0}


def _entries(session: Session, person_id: int) -> Iterator[dict[str, Any]]:
    rows = session.execute(
        select(*(getattr(WatchSlice, name) for name in COLUMNS))
        .where(WatchSlice.person_id == person_id)
        .order_by(WatchSlice.id),
        execution_options={"yield_per": _READ_AT_ONCE},
    )
    return (dict(row) for row in rows.mappings())


def _above_longest(session: Session, counted: Recount) -> Iterator[str]:
    lengths = queries.lengths_of(session, counted.sets)
    credited = (
        (*lengths[material_id], sets.credited.size) for material_id, sets in counted.sets.items()
    )
    for (_, lesson_key, item_key), ms, longest_ms in above_longest(credited):
        yield (f"item {lesson_key}.{item_key} counts {ms} ms, its longest version has {longest_ms}")


def _broken(clock: queries.State, counted: Recount) -> Iterator[str]:
    head = counted.head
    if head.broken_at is not None:
        yield f"entry {head.broken_at} is not what its hash says"
    if counted.amounts_differ_at is not None:
        yield f"entry {counted.amounts_differ_at} does not add up"
    if clock.entries is None:
        return
    if (clock.entries, clock.head) != (head.entries, head.hash):
        yield f"the ledger ends at entry {head.entries}, it should at {clock.entries}"
    elif counted.credit_mark_ms not in (None, clock.credit_mark_ms):
        yield "the clock does not stand where the last entry left it"
