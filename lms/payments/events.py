"""What happens to what learners paid, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money somebody paid for a course went back, all or a part; ``refund`` names it."""

    refund: str
    enrollment_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class SeatChanged:
    """A seat that was paid for is lost, for all of the money went back; or it is held again."""

    enrollment_id: int
    person_id: int
    is_lost: bool
    at: datetime
