"""Sets of media milliseconds, kept as merged half-open intervals."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from lms.progress.domain.units import ms_to_seconds

Pair = tuple[int, int]

# Up to so many pairs are put in one by one, which costs no look at the pairs they do not touch.
_FEW = 8


def total_ms(pairs: Iterable[Pair]) -> int:
    """Return the summed length of ``pairs`` in milliseconds, repeats included."""
    total = 0
    for begin, end in pairs:
        total += end - begin
    return total


def join_neighbours(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return ``pairs`` in their order, each joined to the one before where it goes on from it."""
    joined: list[Pair] = []
    for begin, end in pairs:
        if joined and joined[-1][1] == begin:
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((begin, end))
    return tuple(joined)


def _merge(pairs: Iterable[Pair]) -> tuple[Pair, ...]:
    """Return sorted ``pairs`` with what touches or overlaps made one and empty ones dropped."""
    merged: list[Pair] = []
    for begin, end in pairs:
        if begin >= end:
            continue
        if merged and begin <= merged[-1][1]:
            if end > merged[-1][1]:
                merged[-1] = (merged[-1][0], end)
        else:
            merged.append((begin, end))
    return tuple(merged)


def add_pair(pairs: list[Pair], begin: int, end: int) -> list[Pair]:
    """Add ``[begin, end)`` to sorted, merged ``pairs`` in place.

    Return the pairs it overlapped or touched, as they were before.
    """
    first = bisect_left(pairs, begin, key=lambda pair: pair[1])
    last = bisect_right(pairs, end, key=lambda pair: pair[0])
    touched = pairs[first:last]
    if touched:
        begin, end = min(begin, touched[0][0]), max(end, touched[-1][1])
    pairs[first:last] = [(begin, end)]
    return touched


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of milliseconds as sorted, disjoint, never touching ``[from, to)`` pairs.

    Build one with :meth:`of`; the bare constructor trusts its caller. Every operation is
    linear in the number of pairs, whatever the length of the time they cover.
    """

    pairs: tuple[Pair, ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[Iterable[int]]) -> Self:
        """Return the set covered by ``pairs`` of milliseconds in any order, overlapping or not.

        Raises ``ValueError`` for a pair that ends before it begins or is not a pair.
        """
        clean: list[Pair] = []
        for pair in pairs:
            begin, end = pair
            if end < begin:
                raise ValueError(f"interval {begin}-{end} ends before it begins")
            clean.append((begin, end))
        return cls(_merge(sorted(clean)))

    @property
    def size(self) -> int:
        """Return how many milliseconds are in the set."""
        return total_ms(self.pairs)

    def __bool__(self) -> bool:
        """Say whether anything is in the set."""
        return bool(self.pairs)

    def union(self, other: Self) -> Self:
        """Return what is in either set."""
        if not other.pairs:
            return self
        if not self.pairs:
            return other
        if len(other.pairs) <= _FEW:
            pairs = list(self.pairs)
            for begin, end in other.pairs:
                add_pair(pairs, begin, end)
            return type(self)(tuple(pairs))
        # Two sorted runs: the sort merges them in one pass.
        return type(self)(_merge(sorted(self.pairs + other.pairs)))

    def minus(self, other: Self) -> Self:
        """Return what is in this set and not in ``other``."""
        return type(self)(self._share(other, inside=False))

    def intersect(self, other: Self) -> Self:
        """Return what is in both sets."""
        return type(self)(self._share(other, inside=True))

    def clip(self, begin: int, end: int) -> Self:
        """Return what lies in ``[begin, end)``."""
        if not self.pairs or (begin <= self.pairs[0][0] and self.pairs[-1][1] <= end):
            return self
        return type(self)(
            tuple(
                (max(left, begin), min(right, end))
                for left, right in self.pairs
                if left < end and right > begin
            )
        )

    def split(self, begin: int, end: int) -> list[tuple[int, int, bool]]:
        """Cut ``[begin, end)`` at this set's edges; each part says whether it lies inside."""
        pairs = self.pairs
        index = bisect_right(pairs, begin, key=lambda pair: pair[1])
        parts: list[tuple[int, int, bool]] = []
        at = begin
        while at < end:
            if index == len(pairs) or pairs[index][0] >= end:
                parts.append((at, end, False))
                break
            left, right = pairs[index]
            if left > at:
                parts.append((at, left, False))
                at = left
            stop = min(right, end)
            parts.append((at, stop, True))
            at = stop
            index += 1
        return parts

    def as_lists(self) -> list[list[int]]:
        """Return the pairs as lists of milliseconds, to be stored."""
        return [[begin, end] for begin, end in self.pairs]

    def as_seconds(self) -> list[list[int | float]]:
        """Return the pairs as lists of seconds, to be shown."""
        return [[ms_to_seconds(begin), ms_to_seconds(end)] for begin, end in self.pairs]

    def _share(self, other: Self, *, inside: bool) -> tuple[Pair, ...]:
        return tuple(
            (left, right)
            for begin, end in self.pairs
            for left, right, is_inside in other.split(begin, end)
            if is_inside == inside
        )


NOTHING = Spans()
