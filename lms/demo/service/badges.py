"""Writes the badges of demo completions down and signs the first of them."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from lms.core.ids import new_uuid
from lms.credentials import queries, tasks
from lms.credentials.domain.states import CredentialState
from lms.credentials.models import Credential
from lms.db.session import Database
from lms.jobs.service import JobRequest, enqueue
from lms.settings import Settings

BACKLOG = "credentials.backlog"
# So many are signed at once, in about ten seconds; the worker signs the rest.
SIGNED_AT_ONCE = 1_000


def write_down(
    session: Session, course_id: int, completed: Iterable[tuple[int, int, datetime]]
) -> None:
    """Write a pending badge for each completion (enrollment, person, when); none has one yet."""
    rows = [
        {
            "id": new_uuid(),
            "person_id": person_id,
            "course_id": course_id,
            "enrollment_id": enrollment_id,
            "state": CredentialState.PENDING,
            "shows_name": False,
            "created_at": at,
        }
        for enrollment_id, person_id, at in completed
    ]
    if rows:
        session.connection().execute(insert(Credential), rows)


def sign_first(database: Database, settings: Settings) -> int:
    """Sign the oldest badges and leave the rest to the worker; return how many were signed."""
    signer = tasks.open_signer(database, settings)
    signed = tasks.sign_all(database, signer, lambda _done, _of: None, most=SIGNED_AT_ONCE)
    with database.transaction() as session:
        oldest = queries.pending_ids(session, limit=1)
        if oldest:
            # Named after the first one, so that a second seeding orders a second round.
            enqueue(session, JobRequest(BACKLOG, f"{BACKLOG}:{oldest[0]}", {}))
    return signed
