"""What happens to badges, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class BadgeRevoked:
    """A badge was taken back; the course it was for, and whose it was."""

    credential_id: str
    enrollment_id: int
    person_id: int
    at: datetime
