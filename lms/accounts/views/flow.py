"""What the ways of signing in share: limits, the slow hash outside transactions, the cookie."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, cast

import flask
from flask import request
from sqlalchemy.orm import Session

from lms.accounts import login, queries
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit
from lms.accounts.domain.places import landing
from lms.accounts.forms import NOT_AGREED, CodeEntry, PasswordEntry
from lms.accounts.models import CodePurpose
from lms.accounts.service import codes, doors
from lms.accounts.service.consents import Given
from lms.accounts.service.sign_ins import (
    AgreeDue,
    Entered,
    NameDue,
    Outcome,
    OwnerDue,
    Refused,
    SecondFactorDue,
)
from lms.core.access import Actor
from lms.core.errors import InvalidInput, Message, NotSignedIn
from lms.db.session import now
from lms.web import limits
from lms.web.access import current_actor, database, optional_actor
from lms.web.client import address_prefix, visitor
from lms.web.limits import DAY, HOUR, Limit, Use

# A class of sixty signs up behind one address, so networks get far more than phones.
_SEND_PHONE_HOUR = Limit("code-phone-hour", 5, HOUR)
_SEND_PHONE_DAY = Limit("code-phone-day", 10, DAY)
_SEND_DEVICE = Limit("code-device", 20, HOUR)
_SEND_NETWORK = Limit("code-network", 200, HOUR)
# What a day of messages may cost at most; it stops sending, never signing in by password.
_SEND_ALL = Limit("code-all", 20_000, DAY)
_TRY_NETWORK = Limit("try-network", 600, HOUR // 4)
_PASSWORD_PHONE = Limit("password-phone", 10, HOUR // 4)
_PASSWORD_NETWORK = Limit("password-network", 300, HOUR // 4)
_OTP_PERSON = Limit("otp-person", 10, HOUR)

_WHOSE = Message(
    "whose_account", "This number was used here before, long ago. Please say whether by you."
)

# Where the rest is asked for.
_ASKED: Mapping[type[object], str] = {
    NameDue: "accounts.name",
    OwnerDue: "accounts.owner",
    AgreeDue: "accounts.agree",
}
_ENTERING = "entering"
_HALF = "half"
_NEW = "new"


def send_code(phone: str, purpose: CodePurpose) -> int:
    """Send a code within the limits; return the seconds until another may go."""
    wait = seconds_to_wait(phone, purpose)
    if wait:
        return wait
    limits.spend(
        database(),
        Use(_SEND_PHONE_HOUR, phone),
        Use(_SEND_PHONE_DAY, phone),
        Use(_SEND_DEVICE, visitor()),
        Use(_SEND_NETWORK, address_prefix()),
        Use(_SEND_ALL),
    )
    with database().transaction() as session:
        return codes.send_code(
            session,
            phone=phone,
            purpose=purpose,
            keys=login.keys(),
            locale=chosen_language(),
            now=now(session),
        )


def seconds_to_wait(phone: str, purpose: CodePurpose) -> int:
    """Return how long ago is too short ago for another code."""
    with database().snapshot() as session:
        sent_at = queries.code_sent_at(session, phone, purpose)
        return proofs.seconds_to_resend(sent_at, at=now(session)) if sent_at else 0


def chosen_language() -> str | None:
    """Return the language the person chose, not the one the browser happens to have."""
    actor = optional_actor()
    return request.cookies.get("lang") or (actor.locale if actor else None)


def given() -> Given:
    """Return how the person of this request agrees: alone, from this network."""
    return Given(network=address_prefix())


def spend_try() -> None:
    """Count one guess at a code from this network."""
    limits.spend(database(), Use(_TRY_NETWORK, address_prefix()))


def try_password(entry: PasswordEntry) -> Outcome:
    """Check the password outside any transaction, for that is slow, then sign in."""
    uses = (Use(_PASSWORD_PHONE, entry.phone), Use(_PASSWORD_NETWORK, address_prefix()))
    limits.spend(database(), *uses)
    checked = verified_hash(entry.phone, entry.password)
    visit = login.visit()
    with database().transaction() as session:
        outcome = doors.with_password(
            session, phone=entry.phone, verified_hash=checked, visit=visit, now=now(session)
        )
        if isinstance(outcome, Entered):
            limits.give_back(session, uses)
    return outcome


def verified_hash(phone: str, password: str) -> str | None:
    """Return the stored hash where the password fits it; unknown numbers take as long."""
    with database().snapshot() as session:
        stored = queries.password_hash_of_phone(session, phone)
    return stored if login.keys().passwords.matches(stored, password) else None


def try_code(entry: CodeEntry) -> Outcome:
    """Sign in by code; somebody new is asked for the name on the next page."""
    spend_try()
    visit = login.visit()
    with database().transaction() as session:
        at = now(session)
        outcome = _prove(session, entry, visit, at=at)
        if isinstance(outcome, AgreeDue) and entry.agreed:
            outcome = agreeing(session, outcome, visit, at=at)
        return outcome


def try_code_and_name(entry: CodeEntry) -> Outcome:
    """Sign in by code; somebody new sends the name along.

    Raises ``InvalidInput`` where the name is missing; the code stays good for
    the call that brings it.
    """
    spend_try()
    visit = login.visit()
    with database().transaction() as session:
        at = now(session)
        outcome = _prove(session, entry, visit, at=at)
        if isinstance(outcome, OwnerDue):
            outcome = _own_or_free(session, outcome, entry, visit, at=at)
        if isinstance(outcome, AgreeDue):
            if not entry.agreed:
                raise InvalidInput({"agreed": NOT_AGREED})
            outcome = agreeing(session, outcome, visit, at=at)
        if not isinstance(outcome, NameDue):
            return outcome
        if entry.new is None:
            raise InvalidInput({"name": Message("name_missing", "Please fill in your name.")})
        return doors.as_new_person(
            session, code_id=outcome.code_id, new=entry.new, visit=visit, given=given(), now=at
        )


def _own_or_free(
    session: Session, due: OwnerDue, entry: CodeEntry, visit: Visit, *, at: datetime
) -> Outcome:
    """Ask whose the silent account is; the code stays good for the call that says so."""
    if entry.is_mine is None:
        raise InvalidInput({"mine": _WHOSE})
    if entry.is_mine:
        return doors.as_owner(session, code_id=due.code_id, visit=visit, now=at)
    return doors.as_somebody_else(session, code_id=due.code_id, now=at)


def agreeing(session: Session, due: AgreeDue, visit: Visit, *, at: datetime) -> Outcome:
    """Write down that the person agrees, who ticked the box on the way here, and let them in."""
    return doors.as_agreeing(session, code_id=due.code_id, visit=visit, given=given(), now=at)


def _prove(session: Session, entry: CodeEntry, visit: Visit, *, at: datetime) -> Outcome:
    return doors.with_code(
        session, phone=entry.phone, code=entry.code, visit=visit, keys=login.keys(), now=at
    )


def try_second_factor(token: str, otp: str) -> Outcome:
    """Complete a half sign-in; guesses are counted for the person."""
    with database().snapshot() as session:
        person_id = queries.person_of_half(session, token)
    use = Use(_OTP_PERSON, str(person_id))
    limits.spend(database(), use)
    visit = login.visit()
    with database().transaction() as session:
        outcome = doors.with_second_factor(
            session, token=token, otp=otp, visit=visit, keys=login.keys(), now=now(session)
        )
        if isinstance(outcome, Entered):
            limits.give_back(session, [use])
    return outcome


def spend_otp(actor: Actor) -> None:
    """Count one guess at a signed-in person's second factor."""
    limits.spend(database(), Use(_OTP_PERSON, str(actor.person_id)))


def spend_password(actor: Actor) -> None:
    """Count one guess at a signed-in person's password."""
    limits.spend(database(), Use(_PASSWORD_PHONE, f"person {actor.person_id}"))


def settle(outcome: Outcome) -> Entered | SecondFactorDue | NameDue | OwnerDue | AgreeDue:
    """Return the outcome. Raises the refusal, now that what was counted is committed."""
    if isinstance(outcome, Refused):
        raise outcome.error
    return outcome


def come_in(outcome: Outcome) -> Actor:
    """Sign the browser in. Raises ``NotSignedIn`` where something is still owed."""
    settled = settle(outcome)
    if isinstance(settled, Entered):
        return login.enter(settled.token)
    raise NotSignedIn("otp_required", "Please also send the number your app shows.")


def go_on(outcome: Outcome) -> str:
    """Sign the browser in and return where it goes, or the page that asks for the rest."""
    settled = settle(outcome)
    if isinstance(settled, SecondFactorDue):
        flask.session[_HALF] = settled.token
        return flask.url_for("accounts.second_step")
    if isinstance(settled, NameDue | OwnerDue | AgreeDue):
        flask.session[_NEW] = settled.code_id
        return flask.url_for(_ASKED[type(settled)])
    wanted = entering().get("next")
    login.enter(settled.token)
    return landing({grant.role for grant in current_actor().grants}, wanted)


def begin(**kept: object) -> None:
    """Remember, in this browser alone, what the next pages of signing in need."""
    flask.session[_ENTERING] = kept


def entering() -> Mapping[str, Any]:
    """Return what was remembered, empty where nobody is signing in."""
    return cast(Mapping[str, Any], flask.session.get(_ENTERING) or {})


def half_token() -> str:
    """Return the half sign-in of this browser, empty where there is none."""
    return str(flask.session.get(_HALF, ""))


def proven_code() -> int:
    """Return the code by which this browser proved a new number, 0 where there is none."""
    return int(flask.session.get(_NEW, 0))
