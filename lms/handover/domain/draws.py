"""Draws learners by a seed, so that anybody can draw them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest


@dataclass(frozen=True, slots=True)
class SpotCheck:
    """How many to draw by which seed, among the records up to one (all there are, where none)."""

    seed: str
    count: int
    upto: int | None = None


def draw(people: Iterable[int], seed: str, count: int) -> list[int]:
    """Return ``count`` of the people, in the order drawn.

    Each person's place hangs on the seed and on themselves alone. So the order in which they
    are listed changes nothing, and who joins later moves nobody else.
    """
    return nsmallest(count, set(people), key=lambda person: (place(seed, person), person))


def place(seed: str, person: int) -> bytes:
    """Return where a person stands in the draw of a seed."""
    return sha256(f"{seed}:{person}".encode()).digest()
