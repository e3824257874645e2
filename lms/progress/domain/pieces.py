"""Sort the claimed stretches of a beat into seen, paid and refused ones, in the order played."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import NamedTuple

from lms.progress.domain.spans import Pair, Spans, add_pair
from lms.progress.domain.state import Reason


class Earned(StrEnum):
    """Where a claimed stretch stands that was not refused."""

    OPEN = "open"
    CREDITED = "credited"
    HELD = "held"


class Fate(NamedTuple):
    """Where a claimed stretch ends: earned, or refused for one reason.

    ``part`` is the index of the window's day whose wall time it spends, ``None`` for none.
    """

    kind: Reason | Earned
    part: int | None = None


class Piece(NamedTuple):
    """A claimed stretch ``[begin, end)`` of media milliseconds with one fate."""

    begin: int
    end: int
    fate: Fate

    @property
    def pair(self) -> Pair:
        """Return the stretch without its fate."""
        return (self.begin, self.end)


OPEN = Fate(Earned.OPEN)


class Ladder:
    """Hand what comes, in order, to rungs that take so many milliseconds each.

    What no rung has room for gets the fate ``rest``.
    """

    def __init__(self, rungs: Iterable[tuple[Fate, int]], rest: Fate) -> None:
        self._rungs = [(fate, room) for fate, room in rungs if room > 0]
        self._rungs.reverse()
        self._rest = rest

    def take(self, begin: int, end: int) -> Iterator[Piece]:
        """Yield ``[begin, end)`` cut where a rung is full, each part with its rung's fate."""
        while begin < end and self._rungs:
            fate, room = self._rungs.pop()
            stop = min(end, begin + room)
            if stop - begin < room:
                self._rungs.append((fate, room - (stop - begin)))
            yield Piece(begin, stop, fate)
            begin = stop
        if begin < end:
            yield Piece(begin, end, self._rest)


def clip_claims(played: Iterable[Pair], duration_ms: int) -> list[Piece]:
    """Cut ``played`` to the item and refuse what one beat claims a second time.

    Outside ``[0, duration_ms)`` is ``beyond_duration``, a repeat ``already_counted``; all else
    is left open (counting.md, a beat, 2).
    """
    claimed: list[Pair] = []
    item = Spans(((0, duration_ms),)) if duration_ms > 0 else Spans()
    pieces: list[Piece] = []
    for begin, end in played:
        for left, right, is_inside in item.split(begin, end):
            if not is_inside:
                pieces.append(Piece(left, right, Fate(Reason.BEYOND_DURATION)))
                continue
            before = Spans(tuple(add_pair(claimed, left, right)))
            pieces.extend(
                Piece(at, stop, Fate(Reason.ALREADY_COUNTED) if is_repeat else OPEN)
                for at, stop, is_repeat in before.split(left, right)
            )
    return pieces


def refuse_ahead(pieces: Iterable[Piece], seen: Spans) -> list[Piece]:
    """Refuse what begins beyond everything seen so far: nobody skips ahead on the first pass."""
    furthest = seen.pairs[-1][1] if seen else 0
    sorted_out: list[Piece] = []
    for piece in pieces:
        if piece.fate == OPEN and piece.begin > furthest:
            sorted_out.append(piece._replace(fate=Fate(Reason.FASTER_THAN_CLOCK)))
            continue
        if piece.fate == OPEN:
            furthest = max(furthest, piece.end)
        sorted_out.append(piece)
    return sorted_out


def keep_unseen(pieces: Iterable[Piece], seen: Spans, ladder: Ladder) -> tuple[list[Piece], Spans]:
    """Let open seconds not seen before climb ``ladder``; return the pieces and what was kept.

    Seconds seen before stay open, and so do those the ladder keeps.
    """
    sorted_out: list[Piece] = []
    kept: list[Pair] = []
    for piece in pieces:
        if piece.fate != OPEN:
            sorted_out.append(piece)
            continue
        for begin, end, was_seen in seen.split(piece.begin, piece.end):
            if was_seen:
                sorted_out.append(Piece(begin, end, OPEN))
                continue
            for part in ladder.take(begin, end):
                sorted_out.append(part)
                if part.fate == OPEN:
                    kept.append(part.pair)
    return sorted_out, Spans.of(kept)


def pay_new(pieces: Iterable[Piece], counted: Spans, ladder: Ladder) -> list[Piece]:
    """Let open seconds not credited or held before climb ``ladder``; refuse those that were."""
    settled: list[Piece] = []
    for piece in pieces:
        if piece.fate != OPEN:
            settled.append(piece)
            continue
        for begin, end, was_counted in counted.split(piece.begin, piece.end):
            if was_counted:
                settled.append(Piece(begin, end, Fate(Reason.ALREADY_COUNTED)))
            else:
                settled.extend(ladder.take(begin, end))
    return settled
