"""Which counts the public may see: none from which the few behind it could be told.

A count below the floor is hidden. Its parts add up to a total that is shown, so others are hidden
with it, by a rule that looks at no hidden count alone: whoever knows the rule, the total and all
that is shown still finds several values possible for each count that is not.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

FLOOR = 5
# What lies below this hides together with what lies below the floor.
BAND = 20

Name = TypeVar("Name")


class Veil(StrEnum):
    """Why a count is not shown: it is below the floor, or another could be told from it."""

    FEW = "few"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Shown(Generic[Name]):
    """A part and its count, or why that is not shown."""

    name: Name
    count: int | None
    veil: Veil | None = None


@dataclass(frozen=True, slots=True)
class Public(Generic[Name]):
    """What is shown of a total and its parts; ``veil`` is why the total is not."""

    total: int | None
    parts: tuple[Shown[Name], ...]
    veil: Veil | None = None

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing of it may be shown, nor of what has the same total."""
        return self.veil is Veil.BESIDE


def public(
    parts: Sequence[tuple[Name, int]], *, floor: int = FLOOR, band: int = BAND
) -> Public[Name]:
    """Return what may be shown of counts in an order that does not depend on them.

    Raises ``ValueError`` for a count below zero, or a band not above the floor.
    """
    if floor >= band or any(count < 0 for _, count in parts):
        raise ValueError(parts)
    total = sum(count for _, count in parts)
    if total < floor:
        return _nothing(parts, Veil.FEW)
    if all(count >= floor for _, count in parts):
        return Public(total, tuple(Shown(name, count) for name, count in parts))
    hidden = _hidden([count for _, count in parts], floor, band)
    if hidden is None:
        return _nothing(parts, Veil.BESIDE)
    shown = (
        _part(name, count, is_hidden=place in hidden, floor=floor)
        for place, (name, count) in enumerate(parts)
    )
    return Public(total, tuple(shown))


def _nothing(parts: Sequence[tuple[Name, int]], veil: Veil) -> Public[Name]:
    return Public(None, tuple(Shown(name, None, veil) for name, _ in parts), veil)


def alone(count: int, *, floor: int = FLOOR) -> int | None:
    """Return a count that is part of no shown sum, ``None`` where it is below the floor."""
    return count if count >= floor else None


def _part(name: Name, count: int, *, is_hidden: bool, floor: int) -> Shown[Name]:
    if not is_hidden:
        return Shown(name, count)
    return Shown(name, None, Veil.FEW if count < floor else Veil.BESIDE)


def _hidden(counts: Sequence[int], floor: int, band: int) -> set[int] | None:
    """Return the places to hide, ``None`` where not even the total may be shown.

    All below the band hide together. One alone takes the first of the others with it, in the
    given order: a choice by size would tell something. Then the sum of the hidden must leave each
    of them room, which it does strictly between the least and the most it can be; where it is one
    of the two, which is rare, nothing is shown.
    """
    hidden = {place for place, count in enumerate(counts) if count < band}
    partner = None
    if len(hidden) == 1:
        partner = next((place for place in range(len(counts)) if place not in hidden), None)
        if partner is None:
            return None
        hidden.add(partner)
    few = [place for place in hidden if counts[place] < floor]
    between = [place for place in hidden if floor <= counts[place] < band]
    least = floor * len(between) + (band if partner is not None else 0)
    most = (floor - 1) * len(few) + (band - 1) * len(between)
    together = sum(counts[place] for place in hidden)
    is_open = partner is not None or together < most
    return hidden if together > least and is_open else None
