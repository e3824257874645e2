"""Whom staff look for, move and put into a class; pure."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

MOST_DRAWN = 50
# The folder below the site's data with the files of rosters, named by their rows of this table.
ROSTERS = "roster_draft"


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whom an administrator moves: a class, one enrollment, or all without a class of a version."""

    training_class_id: int | None = None
    number: int | None = None
    enrollment_id: int | None = None

    def as_query(self) -> dict[str, int]:
        """Return it as an address says it."""
        named = {
            "class": self.training_class_id,
            "from": self.number,
            "enrollment": self.enrollment_id,
        }
        return {key: value for key, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class PeopleSearch:
    """Whom the people desk looks for; ``words`` is how a name begins, a phone or a card number."""

    words: str | None = None
    county: str | None = None
    state: str | None = None
    identity: str | None = None
    is_staff: bool = False
    after: int | None = None


class Standing(StrEnum):
    """What somebody is in the course of a class to which they may be put."""

    NEW = "new"
    ALONE = "alone"
    ELSEWHERE = "elsewhere"
    WITH_OTHERS = "with_others"
    WAITS = "waits"
    HERE = "here"
    COMPLETED = "completed"
    LOCKED = "locked"
    ONESELF = "oneself"


def may_be_given(standing: Standing, *, is_full: bool, price_fen: int) -> bool:
    """Tell whether a seat is given to somebody, or in a full class a place in the line.

    Who has a seat in another class or waits already finds no place in the line.
    """
    if standing is Standing.NEW:
        return price_fen == 0
    if standing in (Standing.ELSEWHERE, Standing.WAITS):
        return not is_full
    return standing is Standing.ALONE


@dataclass(frozen=True, slots=True)
class ClassFilters:
    """Which classes a list shows; ``None`` for all."""

    state: str | None = None
    course: str | None = None
    q: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a list by number: behind ``after`` or before ``before``."""

    limit: int
    after: int | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """Whom somebody writes down at a session; without minutes present for all of it.

    ``late`` and ``early`` are moments that differ from the session's own begin and end.
    """

    people: tuple[int, ...]
    is_present: bool
    late: datetime | None = None
    early: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class ActSearch:
    """Which acts are looked for: by or about a person, of one action, of a day, older than one."""

    person: int | None = None
    action: str | None = None
    day: date | None = None
    before: int | None = None
