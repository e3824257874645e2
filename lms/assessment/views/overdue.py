"""Closes an attempt whose time ran out before anything of it is shown."""

from lms.assessment import queries, service
from lms.db.session import now
from lms.web.access import current_actor, database


def close_overdue(attempt_id: int) -> None:
    """Close the actor's attempt where its time is over; other reads take no write lock for it."""
    with database().snapshot() as session:
        is_over = queries.is_overdue(
            session,
            person_id=current_actor().person_id,
            attempt_id=attempt_id,
            at=now(session),
        )
    if is_over:
        with database().transaction() as session:
            service.close_if_overdue(session, attempt_id=attempt_id, now=now(session))
