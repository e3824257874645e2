"""Requests to count time the clock did not: what may be asked, how it is ruled, what is granted."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from lms.progress.domain.spans import NOTHING, Pair, Spans
from lms.progress.domain.state import Reason
from lms.progress.domain.versions import first_of

HOUR_MS = 60 * 60 * 1000
# A longer outage is more than one: what was studied in it has to be looked at by the day.
LONGEST_OUTAGE_MS = 24 * HOUR_MS
# What a player kept while the line was away reaches the site soon after it is back.
LATE_MS = 15 * 60 * 1000
# What an outage takes from honest learners: time that reached the site too late, or not live.
LOST_TO_OUTAGE = frozenset({Reason.GAP, Reason.OFFLINE_UNVERIFIED})


class RequestAim(StrEnum):
    """Whose time is asked about: one learner's stretches, or everybody's during an outage."""

    APPEAL = "appeal"
    COMPENSATION = "compensation"


class RequestRuling(StrEnum):
    """What became of a request."""

    GRANTED = "granted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Decision:
    """How somebody rules on a request, and why; ``stretches`` are the places of those granted.

    ``None`` grants all that was asked for.
    """

    ruling: RequestRuling
    reason: str | None = None
    stretches: frozenset[int] | None = None

    def chosen(self, asked: Sequence[Sequence[int]]) -> Spans:
        """Return the asked stretches that are granted."""
        places = range(len(asked)) if self.stretches is None else self.stretches
        return Spans.of(asked[place] for place in places if place < len(asked))


@dataclass(frozen=True, slots=True)
class Outage:
    """Wall time, milliseconds, in which a county's learners could not be counted, and why."""

    county_code: str
    from_ms: int
    to_ms: int
    words: str

    @property
    def length_ms(self) -> int:
        """Return how long it was: nobody is granted more."""
        return self.to_ms - self.from_ms


class Sets(NamedTuple):
    """What a learner has of one material; ``held`` waits for a presence check."""

    seen: Spans = NOTHING
    credited: Spans = NOTHING
    held: Spans = NOTHING


@dataclass(frozen=True, slots=True)
class Granted:
    """What a decision adds to a learner's sets of one material."""

    credited: Spans
    seen: Spans

    def added_to(self, sets: Sets) -> Sets:
        """Return the sets with it."""
        return Sets(sets.seen.union(self.seen), sets.credited.union(self.credited), sets.held)


def grant(asked: Spans, sets: Sets, duration_ms: int, limit_ms: int | None = None) -> Granted:
    """Return what granting ``asked`` adds: inside the material, and nothing a second time.

    What is held is left to the presence check it waits for. Granted seconds count as seen too,
    so that credited stays within seen. ``limit_ms`` is how much of the material may be credited
    and held at all, where other versions of its item brought some: people grant no more either.
    """
    credited = asked.clip(0, duration_ms).minus(sets.credited).minus(sets.held)
    if limit_ms is not None:
        credited = first_of(credited, max(0, limit_ms - sets.credited.size - sets.held.size))
    return Granted(credited, credited.minus(sets.seen))


class Slip(NamedTuple):
    """What of one entry an outage may be to blame for: its material, refusals and wall time."""

    material_id: int
    refused: Mapping[str, Sequence[Sequence[int]]]
    wall: Pair | None = None


@dataclass(slots=True)
class _Room:
    """How much of an outage is left for one learner."""

    left_ms: int
    granted: dict[int, Spans] = field(default_factory=dict)

    def take(self, material_id: int, lost: Spans) -> None:
        """Grant ``lost`` as far as there is room, in the order of the video."""
        before = self.granted.get(material_id, NOTHING)
        fitting: list[Pair] = []
        for begin, end in lost.minus(before).pairs:
            stop = min(end, begin + self.left_ms)
            if stop > begin:
                fitting.append((begin, stop))
                self.left_ms -= stop - begin
        self.granted[material_id] = before.union(Spans.of(fitting))


def compensate(
    slips: Iterable[Slip], outage: Outage, sets: Mapping[int, Sets], durations: Mapping[int, int]
) -> dict[int, Spans]:
    """Return what a learner gets for an outage, by material; the oldest entries go first.

    Nobody lives the hours of the outage twice: what was paid within them and what is granted
    together are no longer than it was.
    """
    entries = list(slips)
    paid = Spans.of(each.wall for each in entries if each.wall).clip(outage.from_ms, outage.to_ms)
    room = _Room(max(0, outage.length_ms - paid.size))
    for slip in entries:
        lost = Spans.of(
            pair
            for reason, pairs in slip.refused.items()
            if reason in LOST_TO_OUTAGE
            for pair in pairs
        )
        known = sets.get(slip.material_id, Sets())
        room.take(slip.material_id, grant(lost, known, durations[slip.material_id]).credited)
    return {material_id: spans for material_id, spans in room.granted.items() if spans}
