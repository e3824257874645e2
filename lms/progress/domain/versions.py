"""What an item may still earn where the learner was counted in other versions of it, too."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.progress.domain.pieces import Earned, Fate, Piece
from lms.progress.domain.spans import NOTHING, Pair, Spans
from lms.progress.domain.state import Reason
from lms.progress.domain.totals import ItemKey

_COUNTED = frozenset({Earned.CREDITED, Earned.HELD})


@dataclass(frozen=True, slots=True)
class Version:
    """Another version of an item and what the learner has of it, milliseconds."""

    duration_ms: int
    credited_ms: int = 0
    held_ms: int = 0

    @property
    def counted_ms(self) -> int:
        """Return what is credited, and what will be where the learner answers in time."""
        return self.credited_ms + self.held_ms


def most_of(duration_ms: int, others: Iterable[Version]) -> int:
    """Return the most an item may earn over all its versions: as much as the longest is long.

    Versions that the learner has nothing of say nothing; the one being played always does.
    """
    return max(duration_ms, *(each.duration_ms for each in others if each.counted_ms), 0)


def limit_of(duration_ms: int, others: Sequence[Version]) -> int | None:
    """Return how much of this version may be credited and held; ``None`` for all of it.

    What was earned of the others stays, so this version gets what they leave of the longest.
    """
    elsewhere = sum(each.counted_ms for each in others)
    if not elsewhere:
        return None
    return max(0, most_of(duration_ms, others) - elsewhere)


def above_longest(credited: Iterable[tuple[ItemKey, int, int]]) -> list[tuple[ItemKey, int, int]]:
    """Return the items that count more than their longest version: key, counted, longest.

    ``credited`` is item, length and what is credited of each version, milliseconds.
    """
    counted: defaultdict[ItemKey, int] = defaultdict(int)
    longest: defaultdict[ItemKey, int] = defaultdict(int)
    for key, duration_ms, credited_ms in credited:
        counted[key] += credited_ms
        if credited_ms:
            longest[key] = max(longest[key], duration_ms)
    return [(key, ms, longest[key]) for key, ms in sorted(counted.items()) if ms > longest[key]]


def keep_within(pieces: Iterable[Piece], room_ms: int) -> list[Piece]:
    """Let pieces earn up to ``room_ms`` in the order played; the rest was counted already.

    That rest spends no wall time: it is a replay of what another version brought.
    """
    kept: list[Piece] = []
    for piece in pieces:
        if piece.fate.kind not in _COUNTED:
            kept.append(piece)
            continue
        stop = min(piece.end, piece.begin + room_ms)
        if stop > piece.begin:
            kept.append(piece._replace(end=stop))
            room_ms -= stop - piece.begin
        if stop < piece.end:
            kept.append(Piece(stop, piece.end, Fate(Reason.ALREADY_COUNTED)))
    return kept


def first_of(spans: Spans, room_ms: int) -> Spans:
    """Return the first ``room_ms`` of a set, in the order of the video."""
    taken: list[Pair] = []
    for begin, end in spans.pairs:
        stop = min(end, begin + room_ms)
        if stop <= begin:
            break
        taken.append((begin, stop))
        room_ms -= stop - begin
    return Spans(tuple(taken)) if taken else NOTHING
