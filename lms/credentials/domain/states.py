"""Where a badge stands, why one is revoked or issued anew, and what decides it."""

from calendar import monthrange
from collections.abc import Mapping
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


class Aim(StrEnum):
    """What a request asks for: to take a badge back, or to issue one anew after that."""

    REVOKE = "revoke"
    REISSUE = "reissue"


class RevocationReason(StrEnum):
    """Why a badge is revoked; the check page says it to everybody."""

    NOT_OWN_STUDY = "not_own_study"
    RESULT_CORRECTED = "result_corrected"
    ISSUED_IN_ERROR = "issued_in_error"
    HOLDER_ASKED = "holder_asked"


class ReissueReason(StrEnum):
    """Why a learner gets a new badge after the first one was revoked."""

    OBJECTION_UPHELD = "objection_upheld"
    RECORD_CORRECTED = "record_corrected"


Reason = RevocationReason | ReissueReason


class Ruling(StrEnum):
    """How a request ended: by what the second person said, or by who asked."""

    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Plea:
    """What somebody asks for and why; the note is for the holder and the desk."""

    aim: Aim
    reason: Reason
    note: str


REVOCATION_REASONS: Mapping[Reason, Message] = {
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
# Of a badge that no two people took back.
REFUNDED = Message("refunded", "All that was paid for the training went back.")
REISSUE_REASONS: Mapping[Reason, Message] = {
    ReissueReason.OBJECTION_UPHELD: Message(
        "objection_upheld", "The holder objected, and the review found the objection right."
    ),
    ReissueReason.RECORD_CORRECTED: Message(
        "record_corrected", "Hours and results are right now; the new badge says them."
    ),
}


REASON_WORDS: Mapping[Reason, Message] = {**REVOCATION_REASONS, **REISSUE_REASONS}


def reasons_for(aim: Aim) -> Mapping[Reason, Message]:
    """Return the reasons a request of the aim may give, with their sentences."""
    return REVOCATION_REASONS if aim is Aim.REVOKE else REISSUE_REASONS


def fitting_aim(state: CredentialState) -> Aim:
    """Return the only thing that may be asked for a badge in the state."""
    return Aim.REISSUE if state is CredentialState.REVOKED else Aim.REVOKE


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
