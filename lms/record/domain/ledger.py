"""The ledger of a file: days with what each lesson brought, and the entries of one day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from lms.accounts.domain.devices import Device
from lms.catalog.outline import Words
from lms.progress.domain.ledger import GRANTED, EntryKind
from lms.progress.domain.state import LeaseEnd
from lms.record.domain.reasons import Pairs, Refused, added, measured


@dataclass(frozen=True, slots=True)
class Window:
    """Which days are wanted: older than ``after``, within the period, at most ``limit``."""

    limit: int
    after: date | None = None
    first: date | None = None
    last: date | None = None
    course: str | None = None


@dataclass(frozen=True, slots=True)
class Sum:
    """What one lesson brought on one day, milliseconds; held waits for an answer."""

    course: str
    lesson_key: str
    title: Words
    credited_ms: int
    granted_ms: int
    held_ms: int
    refused: Refused


@dataclass(frozen=True, slots=True)
class Day:
    """What a calendar day brought, lesson by lesson."""

    day: date
    sums: tuple[Sum, ...]

    @property
    def credited_ms(self) -> int:
        """Return what counted on the day."""
        return sum(each.credited_ms for each in self.sums)

    @property
    def held_ms(self) -> int:
        """Return what waits for an answer."""
        return sum(each.held_ms for each in self.sums)

    @property
    def granted_ms(self) -> int:
        """Return the part of what counted that people decided."""
        return sum(each.granted_ms for each in self.sums)

    @property
    def refused(self) -> Refused:
        """Return what did not count when it was played."""
        return added(each.refused.by_reason for each in self.sums)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Some days, newest first; ``next`` is the cursor of older ones, where there are any."""

    days: tuple[Day, ...]
    next: date | None


@dataclass(frozen=True, slots=True)
class Turn:
    """One lease: on which device time was earned, from when to when, and how it ended."""

    lease: str
    device: Device
    started_at_ms: int
    ended_at_ms: int | None
    ended_by: str | None

    @property
    def was_handed_over(self) -> bool:
        """Tell whether another device or page took over."""
        return self.ended_by == LeaseEnd.SUPERSEDED


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the ledger as it is shown; wall moments are milliseconds since 1970."""

    id: int
    number: int | None
    kind: str
    title: Words
    wall_from_ms: int | None
    wall_to_ms: int | None
    received_at_ms: int | None
    claimed_ms: int
    credited_ms: int
    held_ms: int
    refused_pairs: Mapping[str, Pairs]
    state: str | None
    rate_percent: int | None
    device_hash: str | None
    turn: Turn | None

    @property
    def refused(self) -> Refused:
        """Return what did not count, by reason."""
        return measured([self.refused_pairs])

    @property
    def is_granted(self) -> bool:
        """Tell whether people decided it."""
        return self.kind in GRANTED

    @property
    def at_ms(self) -> int | None:
        """Return when it was written, as far as that is known."""
        return self.wall_from_ms or self.received_at_ms

    @property
    def is_beat(self) -> bool:
        """Tell whether a player reported it."""
        return self.kind == EntryKind.BEAT


@dataclass(frozen=True, slots=True)
class Entries:
    """Some entries of a day in their order; ``next`` is the cursor of later ones."""

    day: date
    entries: tuple[Entry, ...]
    next: int | None
    turns: Sequence[Turn] = field(default_factory=tuple)


def turns_of(entries: Sequence[Entry]) -> tuple[Turn, ...]:
    """Return the leases that earned the entries, in the order in which they began."""
    found = {entry.turn.lease: entry.turn for entry in entries if entry.turn}
    return tuple(sorted(found.values(), key=lambda turn: turn.started_at_ms))
