"""Sums what did not count by reason, and sets apart what nobody lost anything by."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms.progress.domain.state import Reason

Pairs = Sequence[Sequence[int]]

# Played again, or past the end of the video: kept as evidence, but no time was lost.
_NO_LOSS = frozenset({Reason.ALREADY_COUNTED.value, Reason.BEYOND_DURATION.value})


@dataclass(frozen=True, slots=True)
class Refused:
    """Milliseconds that did not count, by reason."""

    by_reason: Mapping[str, int] = field(default_factory=dict)

    @property
    def ms(self) -> int:
        """Return all of it."""
        return sum(self.by_reason.values())

    @property
    def lost_ms(self) -> int:
        """Return what the learner went without when it was played."""
        return sum(ms for _, ms in self.lost)

    @property
    def lost(self) -> list[tuple[str, int]]:
        """Return reason and length of what the learner went without, the longest first."""
        return [pair for pair in self.listed if pair[0] not in _NO_LOSS]

    @property
    def again_ms(self) -> int:
        """Return what was played again after it had counted."""
        return self.by_reason.get(Reason.ALREADY_COUNTED.value, 0)

    @property
    def listed(self) -> list[tuple[str, int]]:
        """Return every reason with its length, the longest first."""
        found = [(reason, ms) for reason, ms in self.by_reason.items() if ms]
        return sorted(found, key=lambda pair: (-pair[1], pair[0]))


def added(parts: Iterable[Mapping[str, int]]) -> Refused:
    """Return the sum of several, reason by reason."""
    total: Counter[str] = Counter()
    for part in parts:
        total.update(part)
    return Refused(dict(total))


def measured(entries: Iterable[Mapping[str, Pairs]]) -> Refused:
    """Return the lengths of the refused intervals of ledger entries."""
    return added(
        {reason: sum(end - begin for begin, end in pairs) for reason, pairs in entry.items()}
        for entry in entries
    )
