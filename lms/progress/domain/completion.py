"""When an item, a lesson and a course are complete, and how hours are shown."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from lms.progress.domain.spans import Spans

CREDIT_HOUR_MS = 45 * 60 * 1000
_TENTH_MS = CREDIT_HOUR_MS // 10
_COVERAGE_STEPS = 10_000


class Doable(Protocol):
    """An item of a lesson, whatever else is known of it."""

    @property
    def is_required(self) -> bool:
        """Tell whether its lesson needs it."""

    @property
    def is_complete(self) -> bool:
        """Tell whether it is complete."""


@dataclass(frozen=True, slots=True)
class ItemState:
    """Whether an item of a lesson is required, and whether it is complete."""

    is_required: bool
    is_complete: bool


def coverage(seen: Spans, duration_ms: int) -> float:
    """Return the share of the item seen, 0 to 1, rounded down to four places.

    Rounded down so that no one reads 0.9 before 90 % are reached.
    """
    if duration_ms <= 0:
        return 0.0
    inside = seen.clip(0, duration_ms).size
    return inside * _COVERAGE_STEPS // duration_ms / _COVERAGE_STEPS


def is_covered(seen: Spans, duration_ms: int, percent: int = 90) -> bool:
    """Say whether at least ``percent`` of the item were seen; never of one without length."""
    if duration_ms <= 0:
        return False
    return seen.clip(0, duration_ms).size * 100 >= duration_ms * percent


def credit_hours(verified_ms: int) -> int:
    """Return tenths of a credit hour (45 verified minutes), never rounded up.

    For show alone: anything that decides compares milliseconds.
    """
    return verified_ms // _TENTH_MS


def is_lesson_complete(items: Iterable[Doable]) -> bool:
    """Say whether each required item is complete; where none is required, whether all are.

    A lesson without items is not complete.
    """
    every = list(items)
    counted = [item for item in every if item.is_required] or every
    return bool(counted) and all(item.is_complete for item in counted)


def is_course_complete(items: Iterable[ItemState], *, final_passed: bool) -> bool:
    """Say whether every required item is complete and the final test passed.

    ``final_passed`` is true for a course without a final test. A course without a required
    item is never complete.
    """
    required = [item for item in items if item.is_required]
    return final_passed and bool(required) and all(item.is_complete for item in required)
