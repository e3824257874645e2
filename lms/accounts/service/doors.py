"""The ways in: a password, a one-time code, a new person's name, the second factor."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit
from lms.accounts.domain.people import NewPerson
from lms.accounts.domain.proofs import Verdict
from lms.accounts.domain.texts import TO_SIGN_UP
from lms.accounts.gateway import Keys
from lms.accounts.models import CodePurpose, County, OneTimeCode, Person, PersonState
from lms.accounts.service import codes, holds, totp
from lms.accounts.service.consents import Given, agree, owes_agreement
from lms.accounts.service.sign_ins import (
    AgreeDue,
    Entered,
    NameDue,
    Outcome,
    OwnerDue,
    Refused,
    SecondFactorDue,
    admit,
    open_sign_in,
)
from lms.core.errors import Conflict, InvalidInput, LmsError, Message, NotSignedIn


def wrong_credentials() -> LmsError:
    """Return the one answer for a wrong password, an unknown number and one without password."""
    return NotSignedIn("wrong_credentials", "The number or the password is not right.")


def with_password(
    session: Session, *, phone: str, verified_hash: str | None, visit: Visit, now: datetime
) -> Outcome:
    """Sign in whose password was verified just now, against the hash given.

    Hashing is slow and so happens before the transaction; the hash is compared
    again here, for it may have changed meanwhile. ``None`` means it was wrong.
    """
    person = queries.person_of_phone(session, phone)
    if person is None or verified_hash is None or person.password_hash != verified_hash:
        return Refused(wrong_credentials())
    return admit(session, person, visit, now=now)


def with_code(
    session: Session, *, phone: str, code: str, visit: Visit, keys: Keys, now: datetime
) -> Outcome:
    """Sign in whoever holds the phone; a number that is new here still owes a name."""
    found = codes.try_code(
        session, phone=phone, purpose=CodePurpose.SIGN_IN, code=code, keys=keys, now=now
    )
    if isinstance(found, Verdict):
        return Refused(codes.fault(found))
    codes.redeem(found, now=now)
    person = queries.person_of_phone(session, phone)
    if person is None:
        return NameDue(found.id)
    if person.held_at is None and holds.is_strange(session, person, visit, now=now):
        return OwnerDue(found.id)
    return _admit(session, person, visit, code_id=found.id, now=now)


def as_agreeing(
    session: Session, *, code_id: int, visit: Visit, given: Given, now: datetime
) -> Outcome:
    """Write down that the person agrees, who was written down by others, and let them in.

    Raises ``Conflict`` when too late, and while it is not said whose a silent account is.
    """
    person = _silent(session, code_id, now=now)
    if person.held_at is None and holds.is_strange(session, person, visit, now=now):
        raise _too_late()
    outcome = admit(session, person, visit, now=now)
    if not isinstance(outcome, Refused):
        agree(session, person_id=person.id, subjects=TO_SIGN_UP, given=given, now=now)
    return outcome


def _admit(
    session: Session, person: Person, visit: Visit, *, code_id: int, now: datetime
) -> Outcome:
    """Let a person in who gave the first proof, once they agreed to the texts themselves."""
    if person.state == PersonState.ACTIVE and owes_agreement(session, person.id):
        return AgreeDue(code_id)
    return admit(session, person, visit, now=now)


def as_owner(session: Session, *, code_id: int, visit: Visit, now: datetime) -> Outcome:
    """Let the person in who says the silent account is theirs; what money hangs on stays locked.

    Raises ``Conflict`` when too late.
    """
    person = _silent(session, code_id, now=now)
    holds.hold(session, person, now=now)
    return _admit(session, person, visit, code_id=code_id, now=now)


def as_somebody_else(session: Session, *, code_id: int, now: datetime) -> NameDue:
    """Free the number for its new owner, who sees nothing of the account it was used for.

    Raises ``Conflict`` when too late.
    """
    holds.let_go(session, _silent(session, code_id, now=now), now=now)
    return NameDue(code_id)


def _silent(session: Session, code_id: int, *, now: datetime) -> Person:
    proof = _proof(session, code_id, now=now)
    person = queries.person_of_phone(session, proof.phone)
    if person is None:
        raise _too_late()
    return person


def as_new_person(
    session: Session, *, code_id: int, new: NewPerson, visit: Visit, given: Given, now: datetime
) -> Entered:
    """Make a person of a proven number and sign them in. Raises ``Conflict`` when too late."""
    proof = _proof(session, code_id, now=now)
    if queries.person_of_phone(session, proof.phone):
        raise _too_late()
    person = create_person(session, phone=proof.phone, new=new, now=now)
    agree(session, person_id=person.id, subjects=TO_SIGN_UP, given=given, now=now)
    return open_sign_in(session, person, visit, now=now)


def _proof(session: Session, code_id: int, *, now: datetime) -> OneTimeCode:
    proof = session.get(OneTimeCode, code_id)
    fresh = proof is not None and proof.proved_at and now - proof.proved_at < proofs.PROVEN_FOR
    if proof is None or not fresh:
        raise _too_late()
    return proof


def _too_late() -> Conflict:
    return Conflict("proof_gone", "That took too long. Please ask for a new code.")


def with_second_factor(
    session: Session, *, token: str, otp: str, visit: Visit, keys: Keys, now: datetime
) -> Outcome:
    """Complete a half sign-in with a code of the authenticator app."""
    half = queries.half_sign_in(session, token)
    if half is None or half.closed_at is not None or half.expires_at <= now:
        return Refused(NotSignedIn("half_gone", "That took too long. Please sign in again."))
    if not totp.accept(session, half.person_id, otp, keys=keys, now=now):
        return Refused(InvalidInput({"otp": totp.WRONG}))
    half.closed_at = now
    person = queries.person(session, half.person_id)
    return open_sign_in(session, person, visit, now=now, second_factor_at=now)


def create_person(session: Session, *, phone: str | None, new: NewPerson, now: datetime) -> Person:
    """Write a person down. Raises ``InvalidInput`` for an unknown county."""
    person = Person(
        phone=phone,
        name=new.name,
        county_code=_county(session, new.county).code,
        town=new.town,
        locale=new.locale,
        created_at=now,
    )
    session.add(person)
    session.flush()
    return person


def _county(session: Session, code: str | None) -> County:
    served = {county.code: county for county in queries.counties(session)}
    if code is None and len(served) == 1:
        return next(iter(served.values()))
    if code is None or code not in served:
        fault = Message("county_missing", "Please choose your county.")
        raise InvalidInput({"county": fault})
    return served[code]


__all__ = [
    "AgreeDue",
    "Entered",
    "NameDue",
    "Outcome",
    "OwnerDue",
    "Refused",
    "SecondFactorDue",
    "as_agreeing",
    "as_new_person",
    "as_owner",
    "as_somebody_else",
    "with_code",
    "with_password",
    "with_second_factor",
]
