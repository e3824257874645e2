"""Locks what money hangs on when a long silent number comes back on a new device."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain import proofs
from lms.accounts.domain.devices import Visit
from lms.accounts.models import Person
from lms.accounts.service.sign_ins import close_all
from lms.audit.queries import last_act
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message

PHONE_GIVEN = "person.phone_given"
_PASSWORD_WRONG = Message("password_wrong", "The password is not right.")


def is_strange(session: Session, person: Person, visit: Visit, *, now: datetime) -> bool:
    """Tell whether a code alone proves too little: long silence, and a browser never seen.

    Numbers are given out again some months after they were given up. A second factor proves more
    than the number does.
    """
    second = queries.totp_of(session, person.id)
    if second is not None and second.confirmed_at is not None:
        return False
    if now - queries.last_sign_of_life(session, person) < proofs.SILENT_FOR:
        return False
    given_at = last_act(session, action=PHONE_GIVEN, subject=f"person:{person.id}")
    if given_at is not None and now - given_at < proofs.SILENT_FOR:
        # Staff had the person and the card before them when they wrote the number down.
        return False
    return not queries.is_browser_known(session, person.id, visit.browser_hash)


def hold(session: Session, person: Person, *, now: datetime) -> None:
    """Lock identity, account and claims until a second proof."""
    if person.held_at is None:
        person.held_at = now
        record(
            session,
            actor_id=person.id,
            action="person.held",
            subject=f"person:{person.id}",
            at=now,
        )


def require_free(session: Session, person_id: int) -> None:
    """Raise ``Conflict`` while a second proof is awaited; the person's row is locked."""
    if queries.person_locked(session, person_id).held_at is not None:
        raise Conflict(
            "person_held", "This waits until you have shown that it is really your account."
        )


def free_with_password(
    session: Session, actor: Actor, *, verified_hash: str | None, now: datetime
) -> None:
    """Unlock by the password, if it was set before the lock: later it proves the number only."""
    person = queries.person_locked(session, actor.person_id)
    if verified_hash is None or person.password_hash != verified_hash:
        raise InvalidInput({"password": _PASSWORD_WRONG})
    if person.held_at is not None and person.password_at and person.password_at >= person.held_at:
        raise Conflict(
            "password_too_new",
            "This password is newer than the lock. Please show your card at the training office.",
        )
    _free(session, person, actor.person_id, "password", now=now)


def free_in_person(session: Session, actor: Actor, *, person_id: int, now: datetime) -> None:
    """Unlock because staff have the person before them."""
    person = queries.person_locked(session, person_id)
    _free(session, person, actor.person_id, "in_person", now=now)


def let_go(session: Session, person: Person, *, now: datetime) -> None:
    """Free a number whose new owner says it is not their account; the account stays as it is.

    Staff give it back its number, or a new one, once somebody shows the card.
    """
    person.former_phone, person.phone = person.phone, None
    person.held_at = person.held_at or now
    session.flush()
    close_all(session, person.id, now=now)
    record(
        session,
        actor_id=None,
        action="person.phone_let_go",
        subject=f"person:{person.id}",
        at=now,
    )


def _free(session: Session, person: Person, by_id: int, way: str, *, now: datetime) -> None:
    if person.held_at is None:
        return
    person.held_at = None
    record(
        session,
        actor_id=by_id,
        action="person.freed",
        subject=f"person:{person.id}",
        details={"way": way},
        at=now,
    )
