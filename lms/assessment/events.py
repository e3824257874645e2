"""What happens to attempts, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AttemptGraded:
    """An attempt was handed in, or its time ran out, and it has its grade; happens once each.

    ``at`` is when it was handed in, or its deadline.
    """

    attempt_id: int
    person_id: int
    enrollment_id: int
    item_id: int
    passed: bool
    at: datetime
