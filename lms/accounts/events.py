"""What happens to people, their proofs and their sign-ins, for the features above."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class SignInEnded:
    """A signed-in browser was signed out, by its person or from elsewhere."""

    sign_in_id: int
    at: datetime


@dataclass(frozen=True, slots=True)
class IdentityChanged:
    """What is known of who somebody is: ``None`` where nobody knows (any more).

    ``sex`` is ``M`` or ``F`` as the number says. ``by_id`` is who checked; ``None`` for the person
    themselves and for the site.
    """

    person_id: int
    is_verified: bool | None
    sex: str | None
    birth_date: date | None
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class PayeeChanged:
    """Whether the bank account is in the person's own name; ``None`` where nobody knows."""

    person_id: int
    name_matches: bool | None
    by_id: int | None
    at: datetime


@dataclass(frozen=True, slots=True)
class HandoverConsentChanged:
    """The person agreed that data goes to the bureau, or took that back."""

    person_id: int
    is_given: bool
    at: datetime


@dataclass(frozen=True, slots=True)
class PeopleTakenIn:
    """People of a list gave their identity numbers: id, sex and birthday of each, as they say."""

    people: tuple[tuple[int, str, date], ...]
    by_id: int
    at: datetime
