"""What happens to what learners paid, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Refunded:
    """Money somebody paid for a course went back, all or a part; ``refund`` names it."""

    refund: str
    enrollment_id: int
    at: datetime
