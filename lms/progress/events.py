"""What learning brings about, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ItemCompleted:
    """A learner completed an item of a course; happens once an enrollment and item."""

    enrollment_id: int
    person_id: int
    lesson_key: str
    item_key: str
    at: datetime


@dataclass(frozen=True, slots=True)
class LeaseEnded:
    """A learner stopped studying something, at least for now; happens once a lease."""

    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class TimeGranted:
    """Somebody decided that time counts which the clock did not credit."""

    person_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class FlagChanged:
    """Something looked unlike a person studying, or somebody found out what it was."""

    person_id: int
    at: datetime
