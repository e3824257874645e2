"""What people change about their own sign-in: password, number, a fresh proof."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import people as rules
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit
from lms.accounts.domain.proofs import Verdict
from lms.accounts.gateway import Keys
from lms.accounts.models import CodePurpose, Person, PersonState
from lms.accounts.service import codes, holds, totp
from lms.accounts.service.consents import owes_agreement
from lms.accounts.service.sign_ins import (
    AgreeDue,
    Entered,
    Outcome,
    Refused,
    admit,
    close_all,
    close_others,
    open_sign_in,
)
from lms.core.access import Actor
from lms.core.errors import ConfirmationNeeded, Conflict, InvalidInput, Message
from lms.notify.service import send_sms


@dataclass(frozen=True, slots=True)
class TypedCode:
    """A code somebody typed and the number it went to."""

    phone: str
    code: str


def require_confirmed(session: Session, actor: Actor, *, now: datetime) -> None:
    """Raise ``ConfirmationNeeded`` unless the actor proved who they are in the last ten minutes."""
    own = queries.own_sign_in(session, actor.sign_in_id, actor.person_id)
    if not proofs.is_confirmed(own.confirmed_at, at=now):
        raise ConfirmationNeeded("confirmation_required", "Please confirm first that it is you.")


def confirm_with_password(
    session: Session, actor: Actor, *, verified_hash: str | None, now: datetime
) -> None:
    """Note a fresh proof by password; see ``doors.with_password`` for the hash."""
    person = queries.person(session, actor.person_id)
    if verified_hash is None or person.password_hash != verified_hash:
        fault = Message("password_wrong", "The password is not right.")
        raise InvalidInput({"password": fault})
    _note_proof(session, actor, now=now)


def confirm_with_otp(
    session: Session, actor: Actor, otp: str, *, keys: Keys, now: datetime
) -> None:
    """Note a fresh proof by the authenticator app."""
    row = queries.totp_of(session, actor.person_id)
    if row is None or row.confirmed_at is None:
        raise InvalidInput({"otp": totp.WRONG})
    if not totp.accept(session, actor.person_id, otp, keys=keys, now=now):
        raise InvalidInput({"otp": totp.WRONG})
    _note_proof(session, actor, now=now)
    own = queries.own_sign_in(session, actor.sign_in_id, actor.person_id)
    own.second_factor_at = now


def confirm_with_code(
    session: Session, actor: Actor, code: str, *, keys: Keys, now: datetime
) -> InvalidInput | None:
    """Note a fresh proof by a code to the own number; return what was wrong with it."""
    phone = queries.person(session, actor.person_id).phone or ""
    found = codes.try_code(
        session, phone=phone, purpose=CodePurpose.CONFIRM, code=code, keys=keys, now=now
    )
    if isinstance(found, Verdict):
        return codes.fault(found)
    codes.redeem(found, now=now)
    _note_proof(session, actor, now=now)
    return None


def change_password(
    session: Session, actor: Actor, *, new_hash: str, visit: Visit, now: datetime
) -> Entered:
    """Set the password and end every sign-in, this one included; a fresh one is opened."""
    require_confirmed(session, actor, now=now)
    person = queries.person(session, actor.person_id)
    before = queries.own_sign_in(session, actor.sign_in_id, actor.person_id)
    person.password_hash, person.password_at = new_hash, now
    close_all(session, person.id, now=now)
    return open_sign_in(session, person, visit, now=now, second_factor_at=before.second_factor_at)


def replace_password(
    session: Session, typed: TypedCode, *, new_hash: str, visit: Visit, keys: Keys, now: datetime
) -> Outcome:
    """Set a forgotten password by a code to the phone, end every sign-in and let the person in."""
    found = codes.try_code(
        session,
        phone=typed.phone,
        purpose=CodePurpose.NEW_PASSWORD,
        code=typed.code,
        keys=keys,
        now=now,
    )
    if isinstance(found, Verdict):
        return Refused(codes.fault(found))
    codes.redeem(found, now=now)
    person = queries.person_of_phone(session, typed.phone)
    if person is None:
        unknown = Message(
            "person_unknown", "Nobody is here with this number yet. Please sign in with a code."
        )
        return Refused(InvalidInput({"code": unknown}))
    if person.held_at is None and holds.is_strange(session, person, visit, now=now):
        silent = Message(
            "number_silent", "This number was not used here for long. Please sign in with a code."
        )
        return Refused(InvalidInput({"code": silent}))
    is_first = person.password_hash is None and person.state == PersonState.ACTIVE
    if is_first and owes_agreement(session, person.id):
        # Nothing is kept of who was only written down by others until they agreed.
        return AgreeDue(found.id)
    person.password_hash, person.password_at = new_hash, now
    close_all(session, person.id, now=now)
    return admit(session, person, visit, now=now)


def change_phone(
    session: Session, actor: Actor, *, phone: str, code: str, keys: Keys, now: datetime
) -> InvalidInput | Conflict | None:
    """Move the person to a number they hold; other browsers are signed out, the old number told."""
    require_confirmed(session, actor, now=now)
    holds.require_free(session, actor.person_id)
    found = codes.try_code(
        session, phone=phone, purpose=CodePurpose.CHANGE_PHONE, code=code, keys=keys, now=now
    )
    if isinstance(found, Verdict):
        return codes.fault(found)
    codes.redeem(found, now=now)
    if queries.person_of_phone(session, phone) is not None:
        return Conflict("phone_taken", "Somebody signs in with this number already.")
    person = queries.person(session, actor.person_id)
    _tell_old_number(session, person, phone)
    person.phone = phone
    close_others(session, actor, now=now)
    return None


def _tell_old_number(session: Session, person: Person, new_phone: str) -> None:
    if person.phone is not None:
        shown = {"phone": rules.masked_phone(new_phone)}
        send_sms(
            session,
            phone=person.phone,
            template="phone_changed",
            params=shown,
            locale=person.locale,
        )


def _note_proof(session: Session, actor: Actor, *, now: datetime) -> None:
    own = queries.own_sign_in(session, actor.sign_in_id, actor.person_id)
    own.confirmed_at = now
