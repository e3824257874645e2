"""What staff do about people: correct, give a number, invite, lock out and let in again."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.models import PersonState
from lms.accounts.service.holds import PHONE_GIVEN
from lms.accounts.service.sign_ins import close_all
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message
from lms.db.session import savepoint
from lms.notify.service import send_sms

_TAKEN = Message("phone_taken", "Somebody signs in with this number already.")


def correct(
    session: Session, actor: Actor, *, person_id: int, name: str, town: str | None, now: datetime
) -> None:
    """Correct a person's name and town; what stood before is named in the audit by field only."""
    person = queries.person_locked(session, person_id)
    changed = [
        field
        for field, before, after in (("name", person.name, name), ("town", person.town, town))
        if before != after
    ]
    if changed:
        person.name, person.town = name, town
        _record(session, actor, "person.corrected", person_id, now, fields=",".join(changed))


def give_phone(
    session: Session, actor: Actor, *, person_id: int, phone: str, now: datetime
) -> None:
    """Give a person the number they sign in with from now on; every browser has to sign in anew.

    Raises ``InvalidInput`` for a number in use. Nobody does this for themselves: their own way asks
    for proofs.
    """
    _not_oneself(actor, person_id)
    person = queries.person_locked(session, person_id)
    if person.state == PersonState.CLOSED:
        raise Conflict("person_closed", "This account is closed. Open it again first.")
    before = person.phone
    try:
        with savepoint(session):
            person.phone = phone
            session.flush()
    except IntegrityError:
        raise InvalidInput({"phone": _TAKEN}) from None
    person.former_phone = before or person.former_phone
    close_all(session, person_id, now=now)
    _record(session, actor, PHONE_GIVEN, person_id, now)


def invite(session: Session, actor: Actor, *, person_id: int, site: str, now: datetime) -> None:
    """Text a person the address to sign in at. Raises ``Conflict`` where there is no number."""
    person = queries.person(session, person_id)
    if person.phone is None or person.state != PersonState.ACTIVE:
        raise Conflict("no_phone", "There is no number to write to.")
    send_sms(
        session,
        phone=person.phone,
        template="invited",
        params={"site": site},
        locale=person.locale,
    )
    _record(session, actor, "person.invited", person_id, now)


def lock_out(session: Session, actor: Actor, *, person_id: int, reason: str, now: datetime) -> None:
    """Keep a person out, say after a lost phone; what they learned stays."""
    _not_oneself(actor, person_id)
    person = queries.person_locked(session, person_id)
    if person.state != PersonState.ACTIVE:
        raise Conflict("person_state", "This account is locked or closed already.")
    person.state = PersonState.LOCKED
    close_all(session, person_id, now=now)
    _record(session, actor, "person.locked", person_id, now, reason=reason)


def let_in(session: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """Let a person in again; a closed account opens without a number, to be given one."""
    _not_oneself(actor, person_id)
    person = queries.person_locked(session, person_id)
    if person.state == PersonState.ACTIVE:
        return
    person.state, person.closed_at = PersonState.ACTIVE, None
    _record(session, actor, "person.let_in", person_id, now)


def _not_oneself(actor: Actor, person_id: int) -> None:
    if actor.person_id == person_id:
        raise Forbidden("desk_of_oneself", "Please ask a colleague to do this for you.")


def _record(
    session: Session, actor: Actor, action: str, person_id: int, now: datetime, **details: str
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"person:{person_id}",
        details=details,
        at=now,
    )
