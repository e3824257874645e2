"""Writes down that somebody read another person's file."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import day_bounds, local_day
from lms.record.queries import READ, Holder, Reading


def reading_of(actor: Actor, *, at: datetime) -> Reading:
    """Return how the actor reads other people's files: where, and what counts as today."""
    scopes = actor.scopes_for(Permission.EVIDENCE_READ)
    return Reading(actor.person_id, scopes, day_bounds(local_day(at))[0])


def note_reading(session: Session, actor: Actor, holder: Holder, *, now: datetime) -> None:
    """Write the reading down; the first one of a person, an actor and a day is enough."""
    record(
        session,
        actor_id=actor.person_id,
        action=READ,
        subject=f"person:{holder.person_id}",
        at=now,
    )
