"""Cut a beat's result into the watch slices to write, one for each local day it spends."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from lms.progress.domain.pieces import Earned, Piece
from lms.progress.domain.spans import NOTHING, Pair, Spans, join_neighbours, total_ms
from lms.progress.domain.state import Reason
from lms.progress.domain.windows import PaidPart


@dataclass(frozen=True, slots=True)
class Refused:
    """Claimed intervals refused for one reason, in the order played; a repeat is there again."""

    reason: Reason
    pairs: tuple[Pair, ...]

    @property
    def ms(self) -> int:
        """Return how many claimed milliseconds were refused."""
        return total_ms(self.pairs)


@dataclass(frozen=True, slots=True)
class Slice:
    """What one beat did on one local day; a slice's claims are all earned or refused in it.

    ``[begins_at, ends_at)`` is the wall period it consumes, both ``None`` where it consumes
    none. ``seen`` is what joined the seen set, ``claimed`` the intervals in the order played.
    """

    day: int
    begins_at: int | None
    ends_at: int | None
    claimed: tuple[Pair, ...]
    seen: Spans
    credited: Spans
    held: Spans
    refused: tuple[Refused, ...]


def cut_slices(
    pieces: Sequence[Piece], kept: Spans, parts: Sequence[PaidPart], today: int
) -> tuple[Slice, ...]:
    """Return a slice for each day whose wall time ``pieces`` spend, the earliest first.

    What spends no time goes with the first of them, or, where nothing spends any, makes a
    slice of ``today`` without a wall period. No claims make no slice.
    """
    if not pieces:
        return ()
    spending = sorted({piece.fate.part for piece in pieces if piece.fate.part is not None})
    if not spending:
        return (_slice(pieces, kept, today, None),)
    by_part: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_part[spending[0] if piece.fate.part is None else piece.fate.part].append(piece)
    slices: list[Slice] = []
    for index in reversed(spending):
        mine = by_part[index]
        joined = kept
        if index != spending[0]:
            joined = kept.intersect(Spans.of(piece.pair for piece in mine))
            kept = kept.minus(joined)
        slices.append(_slice(mine, joined, parts[index].day, _period(mine, parts[index])))
    return tuple(reversed(slices))


def _period(pieces: Iterable[Piece], part: PaidPart) -> Pair:
    spent = total_ms(piece.pair for piece in pieces if piece.fate.part is not None)
    return (part.begins_at, part.begins_at + spent)


def _slice(pieces: Sequence[Piece], seen: Spans, day: int, period: Pair | None) -> Slice:
    by_kind: dict[Reason | Earned, list[Pair]] = defaultdict(list)
    for piece in pieces:
        by_kind[piece.fate.kind].append(piece.pair)
    credited, held = by_kind.pop(Earned.CREDITED, ()), by_kind.pop(Earned.HELD, ())
    return Slice(
        day=day,
        begins_at=None if period is None else period[0],
        ends_at=None if period is None else period[1],
        claimed=join_neighbours(piece.pair for piece in pieces),
        seen=seen,
        credited=Spans.of(credited),
        held=Spans.of(held) if held else NOTHING,
        refused=tuple(
            Refused(reason, join_neighbours(by_kind[reason]))
            for reason in (Reason if by_kind else ())
            if reason in by_kind
        ),
    )
