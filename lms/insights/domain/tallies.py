"""Cells of figures, sums over them, and how what one person adds is kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# Of a claim for which its person has no enrollment in a course of the programme.
NO_COURSE = 0
NO_TOWN = ""
# Beside the cells of single groups and courses stand those of all: most pages ask for no more.
ALL_GROUPS = "*"
ALL_COURSES = -1


class Place(NamedTuple):
    """Whom and what a figure is about."""

    county: str
    town: str
    group: str
    course: int


class Cell(NamedTuple):
    """A place in a month, written like 202605."""

    county: str
    town: str
    group: str
    course: int
    month: int


Amounts = dict[str, int]
Tally = dict[Cell, Amounts]

# Counted in the month in which it happened; people once a county, in the month of the first.
HAPPENED = (
    *("enrolled", "started", "passed", "completed", "badges", "certified"),
    *("claimed", "approved", "paid", "paid_fen", "owed_fen"),
    *("people_enrolled", "people_trained", "people_paid"),
)
# How far those came who enrolled in the month: each step is a part of the one before.
REACHED = (
    *("reached_start", "reached_test", "reached_end", "reached_certificate", "reached_money"),
)
COUNTED = (*HAPPENED, *REACHED)
MEASURES = (*COUNTED, "credited_ms")


@dataclass(frozen=True, slots=True)
class Counted:
    """What a person adds: cells, and where the hours of each course are counted.

    ``started`` are the courses whose first ledger entry is known.
    """

    tally: Tally = field(default_factory=dict)
    places: Mapping[int, Place] = field(default_factory=dict)
    started: frozenset[int] = frozenset()


def change(before: Tally, after: Tally) -> Tally:
    """Return what has to be added to the cells; amounts may be negative, none is zero."""
    found: Tally = {}
    for cell in before.keys() | after.keys():
        old, new = before.get(cell, {}), after.get(cell, {})
        amounts = {name: new.get(name, 0) - old.get(name, 0) for name in old.keys() | new.keys()}
        fresh = {name: amount for name, amount in amounts.items() if amount}
        if fresh:
            found[cell] = fresh
    return found


def added(tallies: Iterable[Tally]) -> Tally:
    """Return the sum of tallies; what comes to nothing is left out."""
    found: defaultdict[Cell, Amounts] = defaultdict(dict)
    for tally in tallies:
        for cell, amounts in tally.items():
            for name, amount in amounts.items():
                found[cell][name] = found[cell].get(name, 0) + amount
    kept = {cell: {k: n for k, n in amounts.items() if n} for cell, amounts in found.items()}
    return {cell: amounts for cell, amounts in kept.items() if amounts}


def total_of(cell: Cell) -> Cell:
    """Return the cell of all groups and courses a cell is a part of."""
    return cell._replace(group=ALL_GROUPS, course=ALL_COURSES)


def with_totals(tally: Tally) -> Tally:
    """Return a tally with what it adds to the cells of all groups and courses."""
    return added([tally, *({total_of(cell): amounts} for cell, amounts in tally.items())])


def as_kept(found: Counted) -> tuple[list[Any], list[Any]]:
    """Return cells and places as JSON keeps them."""
    cells = [[*cell, dict(amounts)] for cell, amounts in sorted(found.tally.items())]
    places = [[*place, place.course in found.started] for place in found.places.values()]
    return cells, places


def from_kept(cells: Sequence[Any], places: Sequence[Any]) -> Counted:
    """Return what ``as_kept`` wrote."""
    return Counted(
        {Cell(*row[:5]): dict(row[5]) for row in cells},
        {row[3]: Place(*row[:4]) for row in places},
        frozenset(row[3] for row in places if row[4]),
    )
