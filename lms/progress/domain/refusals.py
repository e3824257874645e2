"""What a learner played that does not count, each stretch with one reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms.progress.domain.spans import Pair, Spans, total_ms
from lms.progress.domain.state import Reason

# Stored as evidence, but nothing the learner could do anything about.
_NOT_SHOWN = frozenset({Reason.BEYOND_DURATION, Reason.ALREADY_COUNTED})
# Shorter bits come from jitter and would only worry people.
_WORTH_SAYING_MS = 1_000


@dataclass(frozen=True, slots=True)
class Uncounted:
    """A stretch that did not count and why, milliseconds of the video."""

    begin_ms: int
    end_ms: int
    reason: str

    @property
    def seconds(self) -> int:
        """Return its length in whole seconds."""
        return (self.end_ms - self.begin_ms) // 1000


@dataclass(frozen=True, slots=True)
class Loss:
    """What did not count for one reason: where nobody can play it again, its length says all."""

    reason: str
    stretches: tuple[Pair, ...]

    @property
    def ms(self) -> int:
        """Return how long it is."""
        return total_ms(self.stretches)


def by_reason(lost: Iterable[Uncounted]) -> list[Loss]:
    """Return what did not count, once a reason, the longest first."""
    found: dict[str, tuple[Pair, ...]] = {}
    for each in lost:
        found[each.reason] = (*found.get(each.reason, ()), (each.begin_ms, each.end_ms))
    return sorted((Loss(*each) for each in found.items()), key=lambda loss: -loss.ms)


def uncounted(
    refusals: Iterable[Mapping[str, Sequence[Sequence[int]]]], credited: Spans
) -> list[Uncounted]:
    """Return what still does not count, in the order of the video, each stretch with one reason.

    ``refusals`` are the refused intervals of the slices, oldest first; what was counted later
    is taken out, and of several reasons for one second the latest stands.
    """
    by_reason: dict[str, Spans] = {}
    for entry in refusals:
        for reason, pairs in entry.items():
            if reason in _NOT_SHOWN:
                continue
            fresh = Spans.of(pairs)
            by_reason = {name: spans.minus(fresh) for name, spans in by_reason.items()}
            by_reason[reason] = by_reason.get(reason, Spans()).union(fresh)
    found = [
        Uncounted(begin, end, reason)
        for reason, spans in by_reason.items()
        for begin, end in spans.minus(credited).pairs
        if end - begin >= _WORTH_SAYING_MS
    ]
    return sorted(found, key=lambda each: each.begin_ms)


def unverified(refusals: Iterable[Mapping[str, Sequence[Sequence[int]]]], credited: Spans) -> Spans:
    """Return what came too late to be credited and waits for a person, as far as it still does."""
    lost = uncounted(refusals, credited)
    late = (each for each in lost if each.reason == Reason.OFFLINE_UNVERIFIED)
    return Spans.of((each.begin_ms, each.end_ms) for each in late)
