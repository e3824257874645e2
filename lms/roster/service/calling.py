"""Shows the number of somebody who is behind, to be called; that it was shown is written down."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.clock import local_day
from lms.core.errors import NotFound
from lms.roster import queries
from lms.roster.domain.filters import Filters
from lms.roster.queries import CallLine


def show_phone(
    session: Session, *, actor: Actor, enrollment_id: int, now: datetime
) -> CallLine | None:
    """Return whom the actor is about to call; nothing where they are not on the list any more.

    Raises ``NotFound`` for a record out of reach, and for somebody without a phone.
    """
    selection = queries.Selection(actor.scopes_for(Permission.COMPLETIONS_READ), Filters())
    found = queries.to_call(session, selection, enrollment_id, today=local_day(now))
    if found is None:
        if not queries.is_record_in_reach(session, selection, enrollment_id):
            raise NotFound
        return None
    if not found.line.phone:
        raise NotFound
    record(
        session,
        actor_id=actor.person_id,
        action="phone.shown",
        subject=f"person:{found.line.person_id}",
        details={"enrollment": enrollment_id, "reason": str(found.reasons[0])},
        at=now,
    )
    return found
