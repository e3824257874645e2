"""Reads what every beat and lesson page asks; what earns is read under the learner's lock.

The statements are put together once and read columns, not mapped objects: this is what the site
does all day.
"""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    case,
    func,
    select,
    update,
)
from sqlalchemy.orm import Session

from lms.catalog.models import Item, Lesson
from lms.db.prepared import Prepared
from lms.db.session import connection_of
from lms.enrollment.models import Enrollment
from lms.progress.domain.totals import Totals
from lms.progress.models import (
    ItemCompletion,
    MaterialProgress,
    PlaybackLease,
    PresenceCheck,
    StudyClock,
    WatchSlice,
)

# SQLite counts days; 1970 began at this Julian day.
_JULIAN_1970 = 2_440_587.5
_MS_A_DAY = 86_400_000

# A row by its names.
State = Any


@dataclass(frozen=True, slots=True)
class SetsRow:
    """What a person saw and was credited of a material, and where they stopped."""

    seen: list[list[int]]
    credited: list[list[int]]
    position_ms: int


_CLOCKS, _LEASES, _SLICES, _SETS, _DONE, _LESSONS, _ITEMS, _ENROLLMENTS, _CHECKS = (
    cast(Table, model.__table__)
    for model in (
        *(StudyClock, PlaybackLease, WatchSlice, MaterialProgress, ItemCompletion),
        *(Lesson, Item, Enrollment, PresenceCheck),
    )
)
_K, _L, _W, _S, _D = _CLOCKS.c, _LEASES.c, _SLICES.c, _SETS.c, _DONE.c
_U, _I, _E, _P = _LESSONS.c, _ITEMS.c, _ENROLLMENTS.c, _CHECKS.c
_NOW_MS: dict[str, ColumnElement[Any]] = {
    "sqlite": func.round((func.julianday("now") - _JULIAN_1970) * _MS_A_DAY),
    "postgresql": func.floor(func.extract("epoch", func.clock_timestamp()) * 1000),
}


_WANTED = (
    *(_K.credit_mark_ms, _K.seen_mark_ms, _K.day_used, _K.prompt_in_ms, _K.read_at_ms),
    *(_K.entries, _K.head, _K.ahead_ms, _K.turn),
    *(_L.id, _L.person_id, _L.material_id, _L.enrollment_id, _L.item_id),
    *(_L.started_at_ms, _L.ended_at_ms, _L.ended_by),
    *(_S.seen, _S.credited, _S.held, _S.refused, _S.granted_ms, _S.position_ms),
    *(_I.revision_id, _I.key.label("item_key"), _U.key.label("lesson_key")),
    *(_E.status, _D.completed_at),
    *(
        each.label(f"check_{each.name}")
        for each in (
            *(_P.id, _P.lease_id, _P.material_id, _P.kind, _P.asked, _P.shown_at_ms),
            *(_P.after_number, _P.more_time_at_ms, _P.missed_at_ms),
        )
    ),
)


def lock_statement(read_ms: ColumnElement[Any]) -> Update:
    """Return what locks a learner's clock, says so, and reads it with the database's clock."""
    return (
        update(_CLOCKS)
        .where(_K.person_id == bindparam("its_person"))
        .values(turn=_K.turn + 1)
        .returning(*_K, read_ms.label("read_ms"))
    )


def beat_statement(read_ms: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    """Return what locks a learner's clock and reads everything a beat needs.

    ``turn_read`` is the turn as it was when the statement began: where it is not ``turn``,
    another transaction held the lock in between, and what was read beside the clock is old.
    """
    before, old = _CLOCKS.alias("before"), _SLICES.alias("old")
    last_seq = select(func.max(_W.seq)).where(_W.lease_id == _L.id).correlate(_LEASES)
    return (
        select(
            *_WANTED,
            read_ms.label("read_ms"),
            before.c.turn.label("turn_read"),
            last_seq.scalar_subquery().label("last_seq"),
            *(old.c.code, old.c.answer),
        )
        .join_from(_LEASES, _CLOCKS, _K.person_id == _L.person_id)
        .join(before, before.c.person_id == _L.person_id)
        .join(_ITEMS, _I.id == _L.item_id)
        .join(_LESSONS, _U.id == _I.lesson_id)
        .join(_ENROLLMENTS, _E.id == _L.enrollment_id)
        .outerjoin(_SETS, and_(_S.person_id == _L.person_id, _S.material_id == _L.material_id))
        .outerjoin(
            _DONE,
            and_(
                _D.enrollment_id == _L.enrollment_id,
                _D.lesson_key == _U.key,
                _D.item_key == _I.key,
            ),
        )
        .outerjoin(
            old, and_(old.c.lease_id == _L.id, old.c.seq == bindparam("seq"), old.c.part == 0)
        )
        .outerjoin(_CHECKS, and_(_P.person_id == _L.person_id, _P.answered_at_ms.is_(None)))
        .where(_L.id == bindparam("lease_id"), _L.person_id == bindparam("person_id"))
        .with_for_update(of=_CLOCKS)
    )


_LOCK = {engine: lock_statement(read_ms) for engine, read_ms in _NOW_MS.items()}
_BEAT = {engine: Prepared(beat_statement(read_ms)) for engine, read_ms in _NOW_MS.items()}
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


def lock_clock(session: Session, person_id: int) -> State | None:
    """Lock the learner's row and return it; ``None`` for one who never had a lease.

    ``read_ms`` is the database's clock in the statement that takes the lock, so that nothing
    that waited gets an older moment than what it waited for.
    """
    statement = _LOCK[session.get_bind().dialect.name]
    return session.execute(statement, {"its_person": person_id}).one_or_none()


def beat_state(session: Session, *, person_id: int, lease_id: str, seq: int) -> State | None:
    """Lock the learner's clock and return all a beat needs, in one statement.

    That is lease, sets, the presence check that waits, and the stored answer to the same beat.
    ``seen`` is ``None`` where the person has no sets of the material yet.
    """
    connection = connection_of(session)
    statement = _BEAT[connection.dialect.name]
    wanted = {"person_id": person_id, "lease_id": lease_id, "seq": seq}
    rows = statement.run(connection, wanted)
    if rows and rows[0].turn != rows[0].turn_read:
        # It waited for another beat of this learner; the lock is ours now, so this is the truth.
        rows = statement.run(connection, wanted)
    return rows[0] if rows else None


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
