"""Where a badge stands, why one may be revoked, and what decides both."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from lms.core.errors import Message


class CredentialState(StrEnum):
    """What the row of a badge says; whether it expired is read from its last moment."""

    PENDING = "pending"
    VALID = "valid"
    REVOKED = "revoked"


class Standing(StrEnum):
    """What a badge is worth at a moment."""

    PENDING = "pending"
    VALID = "valid"
    REVOKED = "revoked"
    EXPIRED = "expired"


class KeyKind(StrEnum):
    """What an issuer's key signs: embedded proofs and lists, or tokens."""

    ED25519 = "ed25519"
    RSA = "rsa"


class KeyState(StrEnum):
    """What a key is good for: signing, checking what it signed, or nothing any more."""

    ACTIVE = "active"
    RETIRED = "retired"
    WITHDRAWN = "withdrawn"


class RevocationReason(StrEnum):
    """Why a badge is revoked; the check page says it to everybody."""

    NOT_OWN_STUDY = "not_own_study"
    RESULT_CORRECTED = "result_corrected"
    ISSUED_IN_ERROR = "issued_in_error"
    HOLDER_ASKED = "holder_asked"


class Ruling(StrEnum):
    """What the second person said to a request to revoke."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Plea:
    """Why somebody wants a badge revoked; the note is for the holder and the desk."""

    reason: RevocationReason
    note: str


REASON_WORDS: dict[RevocationReason, Message] = {
    RevocationReason.NOT_OWN_STUDY: Message(
        "not_own_study", "A review found that some of the time was not studied by the holder."
    ),
    RevocationReason.RESULT_CORRECTED: Message(
        "result_corrected", "Hours or a test result were corrected after the badge was issued."
    ),
    RevocationReason.ISSUED_IN_ERROR: Message(
        "issued_in_error", "The badge was issued by mistake."
    ),
    RevocationReason.HOLDER_ASKED: Message(
        "holder_asked", "The holder asked to have it taken back."
    ),
}


def standing(state: CredentialState, valid_until: datetime | None, at: datetime) -> Standing:
    """Return what the badge is worth at the moment; what was revoked stays so."""
    if state is CredentialState.VALID and valid_until is not None and at > valid_until:
        return Standing.EXPIRED
    return Standing(state)


def good_until(issued_at: datetime, months: int | None) -> datetime | None:
    """Return the moment so many calendar months later, on the last day of a shorter month."""
    if months is None:
        return None
    year, month = divmod(issued_at.year * 12 + issued_at.month - 1 + months, 12)
    day = min(issued_at.day, monthrange(year, month + 1)[1])
    return issued_at.replace(year=year, month=month + 1, day=day)
