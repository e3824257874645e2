"""What happens to people's sign-ins, for the features above."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class SignInEnded:
    """A signed-in browser was signed out, by its person or from elsewhere."""

    sign_in_id: int
    at: datetime
