"""Reads what every beat and lesson page asks; what earns is read under the learner's lock.

The statements are put together once and read columns, not mapped objects: this is what the site
does all day.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ColumnElement, Row, Select, Table, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from lms.catalog.models import Item, Material
from lms.enrollment.models import Enrollment
from lms.progress.domain.totals import Totals
from lms.progress.models import (
    BeatRecord,
    ItemCompletion,
    MaterialProgress,
    PlaybackLease,
    StudyClock,
)

# SQLite counts days; 1970 began at this Julian day.
_JULIAN_1970 = 2_440_587.5
_MS_A_DAY = 86_400_000


@dataclass(frozen=True, slots=True)
class ClockRow:
    """A learner's clock: up to where wall time is spent, and what each day was credited."""

    credit_mark_ms: int
    seen_mark_ms: int
    day_used: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class SetsRow:
    """What a person saw and was credited of a material, and where they stopped."""

    seen: list[list[int]]
    credited: list[list[int]]
    position_ms: int


_CLOCKS, _LEASES, _BEATS, _SETS, _DONE, _MATERIALS, _ITEMS, _ENROLLMENTS = (
    cast(Table, model.__table__)
    for model in (
        *(StudyClock, PlaybackLease, BeatRecord, MaterialProgress),
        *(ItemCompletion, Material, Item, Enrollment),
    )
)
_K, _L, _B, _S = _CLOCKS.c, _LEASES.c, _BEATS.c, _SETS.c
_D, _M, _I, _E = _DONE.c, _MATERIALS.c, _ITEMS.c, _ENROLLMENTS.c
_NOW_MS: dict[str, ColumnElement[Any]] = {
    "sqlite": func.round((func.julianday("now") - _JULIAN_1970) * _MS_A_DAY),
    "postgresql": func.floor(func.extract("epoch", func.clock_timestamp()) * 1000),
}


def clock_statement(now_ms: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return what locks a learner's clock and reads it with the moment, milliseconds."""
    return (
        select(_K.credit_mark_ms, _K.seen_mark_ms, _K.day_used, now_ms.label("now_ms"))
        .where(_K.person_id == bindparam("person_id"))
        .with_for_update()
    )


_CLOCK = {engine: clock_statement(now_ms) for engine, now_ms in _NOW_MS.items()}
_BEAT_STATE = (
    select(
        *(_L.id, _L.person_id, _L.material_id, _L.enrollment_id, _L.started_at_ms),
        *(_L.ended_at_ms, _L.ended_by, _L.last_seq),
        *(_S.seen, _S.credited, _S.refused, _M.duration_ms, _M.kind, _M.lesson_key),
        *(_E.status, _D.completed_at, _I.key.label("item_key"), _B.code, _B.answer),
    )
    .join_from(_LEASES, _MATERIALS, _M.id == _L.material_id)
    .join(_ITEMS, _I.id == _L.item_id)
    .join(_ENROLLMENTS, _E.id == _L.enrollment_id)
    .outerjoin(_SETS, and_(_S.person_id == _L.person_id, _S.material_id == _L.material_id))
    .outerjoin(
        _DONE,
        and_(
            _D.enrollment_id == _L.enrollment_id,
            _D.lesson_key == _M.lesson_key,
            _D.item_key == _I.key,
        ),
    )
    .outerjoin(_BEATS, and_(_B.lease_id == _L.id, _B.seq == bindparam("seq")))
    .where(_L.id == bindparam("lease_id"), _L.person_id == bindparam("person_id"))
)
_SETS_OF = select(_S.seen, _S.credited, _S.position_ms).where(
    _S.person_id == bindparam("person_id"), _S.material_id == bindparam("material_id")
)
# The sets of a course are long; a page shows those of one material and the sums of all.
_TOTALS = select(
    *(_S.material_id, _S.seen_ms, _S.credited_ms, _S.refused, _S.position_ms),
    *(
        case((_S.material_id == bindparam("sets_of"), each)).label(each.name)
        for each in (_S.seen, _S.credited)
    ),
).where(_S.person_id == bindparam("person_id"))
_COMPLETED = select(_D.lesson_key, _D.item_key).where(
    _D.enrollment_id == bindparam("enrollment_id")
)


def lock_clock(session: Session, person_id: int) -> tuple[ClockRow, int]:
    """Lock the learner's row and return it with the database's clock in milliseconds.

    The clock is read in the statement that takes the lock, so that no beat that waited gets an
    older moment than the one it waited for.
    """
    clock, now_ms = lock_clock_if_any(session, person_id)
    if clock is None:
        raise LookupError("the learner has no clock yet")
    return clock, now_ms


def lock_clock_if_any(session: Session, person_id: int) -> tuple[ClockRow | None, int]:
    """Lock the learner's row as ``lock_clock`` does; ``None`` for one who never had a lease."""
    statement = _CLOCK[session.get_bind().dialect.name]
    row = session.execute(statement, {"person_id": person_id}).one_or_none()
    if row is None:
        return None, 0
    return ClockRow(row.credit_mark_ms, row.seen_mark_ms, row.day_used), int(row.now_ms)


def beat_state(
    session: Session, *, person_id: int, lease_id: str, seq: int
) -> Row[*tuple[Any, ...]] | None:
    """Return all a beat needs in one statement: lease, length, sets, and a stored answer.

    ``seen`` is ``None`` where the person has no sets of the material yet.
    """
    wanted = {"person_id": person_id, "lease_id": lease_id, "seq": seq}
    return session.execute(_BEAT_STATE, wanted).one_or_none()


def sets_of(session: Session, *, person_id: int, material_id: int) -> SetsRow | None:
    """Return the person's seen and credited sets of one material."""
    wanted = {"person_id": person_id, "material_id": material_id}
    row = session.execute(_SETS_OF, wanted).one_or_none()
    return SetsRow(*row) if row else None


def totals_of(
    session: Session, person_id: int, *, sets_of: int | None = None
) -> tuple[dict[int, Totals], SetsRow | None]:
    """Return the sums of everything the person ever studied, by material.

    With them come the sets of the one material asked for, where there are any.
    """
    rows = session.execute(_TOTALS, {"person_id": person_id, "sets_of": sets_of}).all()
    totals = {row[0]: Totals(row[1], row[2], row[3], row[4]) for row in rows}
    sets = next((SetsRow(row[5], row[6], row[4]) for row in rows if row[0] == sets_of), None)
    return totals, sets


def completed_items(session: Session, enrollment_id: int) -> set[tuple[str, str]]:
    """Return the (lesson key, item key) of what is complete."""
    rows = session.execute(_COMPLETED, {"enrollment_id": enrollment_id})
    return {(row[0], row[1]) for row in rows}
