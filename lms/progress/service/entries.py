"""Writes the ledger: each entry chained to the last, each sum beside it in step."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import BindParameter, Column, Insert, Table, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from lms.db.prepared import Prepared
from lms.db.session import connection_of
from lms.progress.domain.ledger import GENESIS, EntryKind, chain_hash
from lms.progress.domain.slices import Slice
from lms.progress.domain.spans import total_ms
from lms.progress.domain.state import LearnerClock
from lms.progress.models import MaterialProgress, StudyClock, WatchSlice
from lms.progress.queries import State

_SLICES, _PROGRESS, _CLOCKS = (
    cast(Table, model.__table__) for model in (WatchSlice, MaterialProgress, StudyClock)
)
_CLOCK = _CLOCKS.c
_ENTRY = tuple(each for each in _SLICES.columns if each.name != "id")
_KEY = ("person_id", "material_id")
_SUMS = (
    *("seen", "credited", "held", "refused", "seen_ms", "credited_ms", "granted_ms"),
    *("position_ms", "updated_at_ms"),
)
_SUMMED = tuple(_PROGRESS.c[name] for name in (*_KEY, *_SUMS))
# Entries have columns of the same names.
_SET = "set_"
_DAYS_KEPT = 3
_EMPTY: dict[str, Any] = dict.fromkeys(
    (
        *("media_version", "lease_id", "seq", "wall_from_ms", "wall_to_ms", "device_hash"),
        *("received_at_ms", "state", "rate_percent", "code", "answer", "request_id"),
    )
)


def _bound(columns: Iterable[Column[Any]], prefix: str = "") -> list[BindParameter[Any]]:
    return [bindparam(prefix + each.name, type_=each.type) for each in columns]


def _next_entry() -> ReturningInsert[Any]:
    """Return what appends an entry unless somebody took the learner's clock since it was read."""
    follows = (
        select(*_bound(_ENTRY))
        .where(_CLOCK.person_id == bindparam("person_id"), _CLOCK.turn == bindparam("turn"))
        .with_for_update(key_share=True)
    )
    names = [each.name for each in _ENTRY]
    return insert(_SLICES).from_select(names, follows).returning(_SLICES.c.number)


def _upsert(new: postgresql.Insert | sqlite.Insert) -> Insert:
    sums = {name: new.excluded[name] for name in _SUMS}
    return new.on_conflict_do_update(index_elements=_KEY, set_=sums)


def _entry_and_sets() -> Insert:
    """Return both in one statement; the sets stand still where there is no entry."""
    entry = _next_entry().cte("entry")
    sets = select(*_bound(_SUMMED, _SET)).select_from(entry)
    names = [each.name for each in _SUMMED]
    new = _upsert(postgresql.insert(_PROGRESS).from_select(names, sets))
    return new.returning(_PROGRESS.c.material_id)


# Put together once: this is what the site writes all day. The values come with each beat.
_OWN_SETS = dict(zip((each.name for each in _SUMMED), _bound(_SUMMED, _SET), strict=True))
_SETS = {
    "sqlite": Prepared(_upsert(sqlite.insert(_PROGRESS).values(_OWN_SETS))),
    "postgresql": Prepared(_upsert(postgresql.insert(_PROGRESS).values(_OWN_SETS))),
}
_NEW_ENTRY = Prepared(insert(_SLICES), *(each.name for each in _ENTRY))
_AT_ONCE = {
    "sqlite": (Prepared(_next_entry()), _SETS["sqlite"]),
    "postgresql": (Prepared(_entry_and_sets()),),
}


@dataclass(frozen=True, slots=True)
class Written:
    """One entry with the sets it leads to, ready to be written at once (``write_at_once``)."""

    statements: Sequence[Prepared]
    values: Mapping[str, Any]


class Ledger:
    """The end of one learner's ledger, held under the lock of their clock.

    ``after`` is where the learner's clock stands after the entries to come: the two marks and
    ``prompt_in_ms``. ``day_used`` is kept in step here.
    """

    def __init__(self, clock: State) -> None:
        self.person_id: int = clock.person_id
        self.turn: int = clock.turn
        self.entries: int = clock.entries or 0
        self.head: str = clock.head or GENESIS
        self.day_used: dict[str, int] = dict(clock.day_used)
        self._attended_until_ms: int = clock.attended_until_ms
        self.after: dict[str, int | None] = {
            "credit_mark_ms": clock.credit_mark_ms,
            "seen_mark_ms": clock.seen_mark_ms,
            "prompt_in_ms": clock.prompt_in_ms,
        }

    def stand(self, clock: LearnerClock) -> None:
        """Let the entries to come leave the learner's clock as it is here.

        A mark that lies where it was raised to by time in a room is not the ledger's own.
        """
        is_own = clock.credit_mark != self._attended_until_ms
        self.after = {
            "credit_mark_ms": clock.credit_mark if is_own else self.after["credit_mark_ms"],
            "seen_mark_ms": clock.seen_mark,
            "prompt_in_ms": clock.prompt_in_ms,
        }

    def use(self, day: int, ms: int) -> None:
        """Spend ``ms`` of a day's cap, or give them back where they are below zero."""
        key = str(day)
        used = {**self.day_used, key: self.day_used.get(key, 0) + ms}
        if len(used) > _DAYS_KEPT:
            used = {each: used[each] for each in sorted(used, key=int)[-_DAYS_KEPT:]}
        self.day_used = used

    def write(self, session: Session, rows: Iterable[Mapping[str, Any]]) -> None:
        """Append the rows in their order; each gets its number, the clock after it and its hash."""
        connection = connection_of(session)
        for row in rows:
            _NEW_ENTRY.run(connection, self._entry(row))

    def at_once(self, engine: str, row: Mapping[str, Any], sets: Mapping[str, Any]) -> Written:
        """Return the one entry and the sets to write where the clock was read without a lock."""
        values = {**self._entry(row), **_of_sets(sets), "turn": self.turn}
        return Written(_AT_ONCE[engine], values)

    def _entry(self, row: Mapping[str, Any]) -> dict[str, Any]:
        self.entries += 1
        entry = {
            **_EMPTY,
            "part": 0,
            **row,
            **self.after,
            "person_id": self.person_id,
            "day_used": self.day_used,
            "number": self.entries,
        }
        self.head = entry["chain_hash"] = chain_hash(self.head, entry)
        return entry


def slice_values(entry: Slice) -> dict[str, Any]:
    """Return what a slice of a beat says, in the columns of its entry."""
    return {
        "kind": EntryKind.BEAT.value,
        "day": entry.day,
        "wall_from_ms": entry.begins_at,
        "wall_to_ms": entry.ends_at,
        "claimed": entry.claimed,
        "seen": entry.seen.pairs,
        "credited": entry.credited.pairs,
        "held": entry.held.pairs,
        "refused": {part.reason.value: part.pairs for part in entry.refused},
        "claimed_ms": total_ms(entry.claimed),
        "seen_ms": entry.seen.size,
        "credited_ms": entry.credited.size,
        "held_ms": entry.held.size,
    }


def write_sets(session: Session, values: Mapping[str, Any]) -> None:
    """Write the sets and sums of one person and material, whether there were any or not."""
    connection = connection_of(session)
    _SETS[connection.dialect.name].run(connection, _of_sets(values))


def _of_sets(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_SET + name: value for name, value in values.items()}
