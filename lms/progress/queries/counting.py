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
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import Session
from sqlalchemy.sql.functions import FunctionElement

from lms.catalog.models import Item, Lesson, Material
from lms.db.base import BigId
from lms.db.prepared import Ask, Prepared
from lms.enrollment.models import Enrollment
from lms.progress.domain.totals import Studied, Totals
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


_CLOCKS, _LEASES, _SLICES, _SETS, _DONE, _LESSONS, _ITEMS, _ENROLLMENTS, _CHECKS, _MATERIALS = (
    cast(Table, model.__table__)
    for model in (
        *(StudyClock, PlaybackLease, WatchSlice, MaterialProgress, ItemCompletion),
        *(Lesson, Item, Enrollment, PresenceCheck, Material),
    )
)
_K, _L, _W, _S, _D = _CLOCKS.c, _LEASES.c, _SLICES.c, _SETS.c, _DONE.c
_U, _I, _E, _P, _M = _LESSONS.c, _ITEMS.c, _ENROLLMENTS.c, _CHECKS.c, _MATERIALS.c


class NowMs(FunctionElement[int]):
    """The database's clock in whole milliseconds since 1970, UTC."""

    inherit_cache = True
    type = BigId


@compiles(NowMs, "postgresql")
def _now_of_postgresql(*_compiled: object, **_how: object) -> str:
    return "CAST(floor(EXTRACT(epoch FROM clock_timestamp()) * 1000) AS BIGINT)"


@compiles(NowMs, "sqlite")
def _now_of_sqlite(*_compiled: object, **_how: object) -> str:
    since_1970 = f"(julianday('now') - {_JULIAN_1970}) * {_MS_A_DAY}"
    return f"CAST(round({since_1970}) AS INTEGER)"


_WANTED = (
    *(_K.credit_mark_ms, _K.seen_mark_ms, _K.day_used, _K.prompt_in_ms, _K.read_at_ms),
    *(_K.entries, _K.head, _K.ahead_ms, _K.turn, _K.attended_until_ms),
    *(_L.id, _L.person_id, _L.material_id, _L.enrollment_id, _L.item_id),
    *(_L.started_at_ms, _L.ended_at_ms, _L.ended_by, _L.has_versions),
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


def lock_statement(read_ms: ColumnElement[int]) -> Update:
    """Return what locks a learner's clock, says so, and reads it with the database's clock."""
    return (
        update(_CLOCKS)
        .where(_K.person_id == bindparam("its_person"))
        .values(turn=_K.turn + 1)
        .returning(*_K, read_ms.label("read_ms"))
    )


def beat_statement(read_ms: ColumnElement[int]) -> Select[*tuple[Any, ...]]:
    """Return what reads everything a beat needs."""
    last_seq = select(func.max(_W.seq)).where(_W.lease_id == _L.id).correlate(_LEASES)
    return (
        select(*_WANTED, read_ms.label("read_ms"), last_seq.scalar_subquery().label("last_seq"))
        .join_from(_LEASES, _CLOCKS, _K.person_id == _L.person_id)
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
        .outerjoin(_CHECKS, and_(_P.person_id == _L.person_id, _P.answered_at_ms.is_(None)))
        .where(_L.id == bindparam("lease_id"), _L.person_id == bindparam("person_id"))
    )


_LOCK = lock_statement(NowMs())
_BEAT = Prepared(beat_statement(NowMs()))
_GIVEN = Prepared(
    select(_W.code, _W.answer).where(
        _W.lease_id == bindparam("lease_id"), _W.seq == bindparam("seq"), _W.part == 0
    )
)
_SETS_OF = select(_S.seen, _S.credited, _S.position_ms).where(
    _S.person_id == bindparam("person_id"), _S.material_id == bindparam("material_id")
)
# The sets of a course are long; a page shows those of one material and the sums of all.
_TOTALS = (
    select(
        *(_S.material_id, _S.seen_ms, _S.credited_ms, _S.refused, _S.position_ms),
        *(
            case((_S.material_id == bindparam("sets_of"), each)).label(each.name)
            for each in (_S.seen, _S.credited)
        ),
        *(_M.course_id, _M.lesson_key, _M.item_key, _M.duration_ms),
    )
    .join_from(_SETS, _MATERIALS, _M.id == _S.material_id)
    .where(_S.person_id == bindparam("person_id"))
)
_COMPLETED = select(_D.lesson_key, _D.item_key).where(
    _D.enrollment_id == bindparam("enrollment_id")
)


def lock_clock(session: Session, person_id: int) -> State | None:
    """Lock the learner's row and return it; ``None`` for one who never had a lease.

    ``read_ms`` is the database's clock in the statement that takes the lock, so that nothing
    that waited gets an older moment than what it waited for.
    """
    return session.execute(_LOCK, {"its_person": person_id}).one_or_none()


def beat_state(ask: Ask, *, person_id: int, lease_id: str) -> State | None:
    """Return all a beat needs in one statement: lease, clock, sets, the check that waits.

    ``seen`` is ``None`` where the person has no sets of the material yet. Where the clock is not
    locked, ``turn`` tells later whether somebody else took it since.
    """
    rows = ask(_BEAT, {"person_id": person_id, "lease_id": lease_id})
    return rows[0] if rows else None


def given_answer(ask: Ask, *, lease_id: str, seq: int) -> State | None:
    """Return the stored answer to a beat of the lease and the code it went out with."""
    rows = ask(_GIVEN, {"lease_id": lease_id, "seq": seq})
    return rows[0] if rows else None


def sets_of(session: Session, *, person_id: int, material_id: int) -> SetsRow | None:
    """Return the person's seen and credited sets of one material."""
    wanted = {"person_id": person_id, "material_id": material_id}
    row = session.execute(_SETS_OF, wanted).one_or_none()
    return SetsRow(*row) if row else None


def totals_of(
    session: Session, person_id: int, *, sets_of: int | None = None
) -> tuple[Studied, SetsRow | None]:
    """Return the sums of everything the person ever studied, over all versions.

    With them come the sets of the one material asked for, where there are any.
    """
    rows = session.execute(_TOTALS, {"person_id": person_id, "sets_of": sets_of}).all()
    studied = Studied(
        (row[0], (row[7], row[8], row[9]), row[10], Totals(*row[1:5])) for row in rows
    )
    sets = next((SetsRow(row[5], row[6], row[4]) for row in rows if row[0] == sets_of), None)
    return studied, sets


def completed_items(session: Session, enrollment_id: int) -> set[tuple[str, str]]:
    """Return the (lesson key, item key) of what is complete."""
    rows = session.execute(_COMPLETED, {"enrollment_id": enrollment_id})
    return {(row[0], row[1]) for row in rows}
