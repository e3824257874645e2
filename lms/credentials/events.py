"""What happens to badges, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CredentialIssued:
    """A badge was signed and can be checked from now on."""

    credential_id: str
    person_id: int
    course_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class CredentialRevoked:
    """Two people took a badge back."""

    credential_id: str
    person_id: int
    course_id: int
    at: datetime
