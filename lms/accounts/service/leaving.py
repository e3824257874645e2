"""Closes accounts: what was earned and signed rests, locked, until the law lets it go."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts import queries
from lms.accounts.domain.texts import HANDOVER, SENSITIVE
from lms.accounts.models import PersonState
from lms.accounts.service.consents import take_back, take_back_signing_up
from lms.accounts.service.sign_ins import close_all
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict


def close_account(session: Session, actor: Actor, *, now: datetime) -> None:
    """Close the actor's own account; the caller asked for a fresh proof.

    Nobody signs in with it any more, what was agreed is taken back, and nothing is decided by it.
    The training office opens it again for whoever shows the card: one number is one account.
    Raises ``Conflict`` while the actor holds a role.
    """
    person = queries.person_locked(session, actor.person_id)
    if queries.grants_of(session, person.id):
        raise Conflict("roles_held", "You hold a role here. Please have it taken back first.")
    live = {each.subject for each in queries.live_consents(session, person.id)}
    for subject in (HANDOVER, SENSITIVE):
        if subject in live:
            take_back(session, person_id=person.id, subject=subject, now=now)
    # Who comes back is asked for these anew, by their own hand.
    take_back_signing_up(session, person_id=person.id, now=now)
    person.former_phone, person.phone = person.phone, None
    person.state, person.closed_at = PersonState.CLOSED, now
    session.flush()
    close_all(session, person.id, now=now)
    record(
        session,
        actor_id=person.id,
        action="person.closed",
        subject=f"person:{person.id}",
        at=now,
    )
