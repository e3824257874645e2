"""What the worker does for badges: signs what is due, publishes lists, makes good the missed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog

from lms.accounts.gateway import Vault
from lms.core.clock import local_day
from lms.core.errors import LmsError
from lms.credentials import queries
from lms.credentials.domain.addresses import Site
from lms.credentials.service import issuing, keys, lists
from lms.credentials.service.keys import Signer
from lms.db.session import Database, now
from lms.jobs.service import JobRequest, enqueue
from lms.jobs.tasks import JobContext
from lms.settings import Settings

log = structlog.get_logger(__name__)
DAILY = "credentials.daily"
# So many are signed before they are stored in one go: about half a second of work.
_BATCH = 50
_MISSED_AT_ONCE = 1000


def issue_badge(context: JobContext) -> Mapping[str, Any] | None:
    """Sign the badge named in the job. Raises ``LmsError`` where its own check refuses it."""
    signer = open_signer(context.database, context.settings)
    wanted = [context.args["credential"]]
    if sign_batch(context.database, signer, wanted):
        return None
    with context.database.snapshot() as session:
        if queries.due(session, wanted):
            raise LmsError("badge_refused", "The badge did not pass its own check.")
    return None


def issue_backlog(context: JobContext) -> Mapping[str, Any]:
    """Sign every pending badge, a batch at a time; it may be stopped and goes on where it was."""
    signer = open_signer(context.database, context.settings)
    return {"issued": sign_all(context.database, signer, context.report)}


def keep_current(context: JobContext) -> Mapping[str, Any]:
    """Do the day's round: sign all lists anew, make good what was missed, sign what waits.

    The lists come first: badges may wait for long, a list that grows stale vouches for nobody.
    """
    signer = open_signer(context.database, context.settings)
    with context.database.snapshot() as session:
        numbers = queries.list_numbers(session)
    for number in numbers:
        with context.database.transaction() as session:
            lists.publish(session, number, signer, at=now(session))
    _make_good(context.database)
    issued = sign_all(context.database, signer, context.report)
    return {"issued": issued, "lists": len(numbers)}


def _make_good(database: Database) -> None:
    """Write down the badges of completions that never led to one, some at a time."""
    after = 0
    while True:
        # Looked for without the lock of a writer: over a million completions that takes seconds.
        with database.snapshot() as session:
            found = queries.unbadged_completions(session, after=after, limit=_MISSED_AT_ONCE)
        if not found:
            return
        with database.transaction() as session:
            at = now(session)
            for missed in found:
                issuing.write_down(
                    session,
                    enrollment_id=missed.id,
                    person_id=missed.person_id,
                    course_id=missed.course_id,
                    at=at,
                )
        after = found[-1].id


def publish_list(context: JobContext) -> None:
    """Sign the list named in the job, because a badge in it was revoked."""
    signer = open_signer(context.database, context.settings)
    with context.database.transaction() as session:
        lists.publish(session, context.args["list"], signer, at=now(session))


def start_the_day(database: Database, _settings: Settings) -> None:
    """Write the day's round down, once a calendar day whoever comes first."""
    with database.transaction() as session:
        today = local_day(now(session)).isoformat()
        enqueue(session, JobRequest(DAILY, f"{DAILY}:{today}", {}))


def open_signer(database: Database, settings: Settings) -> Signer:
    """Return the site's keys opened for signing; the first ones are made here."""
    site, vault = Site(settings.base_url), Vault(settings.vault_keys)
    with database.transaction() as session:
        rows = keys.ensure(session, vault, site, at=now(session))
    return keys.open_keys(vault, site, rows)


def sign_all(
    database: Database,
    signer: Signer,
    report: Callable[[int, int], None],
    *,
    most: int | None = None,
) -> int:
    """Sign what waits, ``most`` of it at most, and return how many were signed.

    What its own check refuses stays and keeps no other waiting.
    """
    issued = tried = 0
    while True:
        with database.snapshot() as session:
            ids = queries.pending_ids(session, limit=_BATCH + tried - issued)
        fresh = ids[tried - issued :]
        if not fresh or (most is not None and tried >= most):
            return issued
        issued += sign_batch(database, signer, fresh)
        tried += len(fresh)
        report(issued, tried)


def sign_batch(database: Database, signer: Signer, ids: Sequence[str]) -> int:
    """Reserve, sign and store the badges; return how many are stored now by this call.

    Signing happens outside of any transaction: nobody's second of study waits for it.
    """
    with database.transaction() as session:
        issuing.reserve(session, ids, at=now(session))
    with database.snapshot() as session:
        due, at = queries.due(session, ids), now(session).replace(microsecond=0)
    made = [signed for each in due if (signed := _signed(each, signer, at)) is not None]
    if not made:
        return 0
    with database.transaction() as session:
        lists.publish_missing(session, signer, at=at)
        return sum(issuing.keep(session, each) for each in made)


def _signed(due: queries.Due, signer: Signer, at: datetime) -> issuing.Signed | None:
    try:
        return issuing.signed(due, signer, at=at)
    except issuing.BadgeFault as fault:
        log.warning("badge_refused", credential=due.id, reason=str(fault))
        return None
