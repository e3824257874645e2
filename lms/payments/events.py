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
class SeatLost:
    """All that was paid for a seat went back: it ends, and nothing earned on it counts any more."""

    order_number: str
    enrollment_id: int
    person_id: int
    at: datetime
