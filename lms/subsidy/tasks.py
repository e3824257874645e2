"""What the worker does about subsidies: decides what is due, tries proposals out, marks people."""

from collections.abc import Mapping
from time import monotonic
from typing import Any

import structlog

from lms.accounts.gateway import SealedFolder, Vault
from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.jobs.tasks import JobCancelled, JobContext
from lms.settings import Settings
from lms.subsidy import queries, service
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.papers import ANSWERS, LISTS, PAPERS

log = structlog.get_logger(__name__)
_EVERY_SECONDS = 60 * 60
# So many people at a time: a moment's work, after which a job that was stopped ends.
_BATCH = 500
_CLAIMS = 100


def decide_what_is_due(database: Database, _settings: Settings) -> None:
    """Decide all that is due; policies at fault are told in the log and stay undecided."""
    try:
        done = service.Round(service.BATCH)
        while done.judged == service.BATCH:
            with database.transaction() as session:
                done = service.decide_due(
                    session, shelf=shelf(), now=now(session), limit=service.BATCH
                )
    except (Conflict, MalformedError) as error:
        log.warning("policies_at_fault", error=str(error))


def look_at_claims_again(database: Database, _settings: Settings) -> None:
    """Begin claims anew to which something happened, a few at a time, each round in its own."""
    after, claims = 0, [0]
    while claims:
        with database.snapshot() as session:
            claims = queries.claims_with_causes(session, after=after, limit=_CLAIMS)
        if claims:
            with database.transaction() as session:
                service.act_on(session, claims, shelf=shelf(), now=now(session))
            after = claims[-1]


class SweepPapers:
    """Deletes what was written for a row that then was not, and lists nobody took in."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, database: Database, settings: Settings) -> None:
        """Look once an hour."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + _EVERY_SECONDS
        vault = Vault(settings.vault_keys)
        with database.transaction() as session:
            service.forget_drafts(session, now=now(session))
        for name in (PAPERS, LISTS, ANSWERS):
            folder = SealedFolder(settings.data_dir / name, vault, name)
            strays = folder.strays()
            if strays:
                with database.snapshot() as session:
                    known = service.known_files(session, strays)
                log.info("papers_swept", folder=name, count=folder.sweep(known, strays))


def dry_run(context: JobContext) -> Mapping[str, Any]:
    """Try a proposal out over everybody; run again, it goes on after whom it had counted."""
    proposal_id = context.args["proposal"]
    with context.database.snapshot() as session:
        plan = service.plan_of(session, proposal_id, shelf())
        if plan is None:
            raise JobCancelled
        tally, after = service.counted_so_far(session, proposal_id)
        total = queries.count_people(session)
    people: list[int] | None = None
    while people is None or people:
        with context.database.snapshot() as session:
            people = queries.people_from(session, after=after, limit=_BATCH)
            service.try_out(session, plan, tally, people)
        after = people[-1] if people else after
        with context.database.transaction() as session:
            context.go_on(session)
            kept = service.put_away(
                session, proposal_id, context.job_id, tally=tally, after=after, done=not people
            )
        if not kept:
            raise JobCancelled
        context.report(tally.people, max(total, tally.people))
    return {"people": tally.people, "changed": tally.changed}


def mark_touched(context: JobContext) -> Mapping[str, Any]:
    """Mark everybody as due whom accepted policies or a list may touch; twice does no harm."""
    with context.database.snapshot() as session:
        policies = queries.shelf_now(session, shelf())
    named = set(context.args.get("policies", ()))
    touched = [slug for slug, policy in policies.policy_of.items() if policy in named]
    programmes = [*context.args.get("programmes", ()), *touched]
    after: int | None = 0
    rounds = 0
    while after is not None:
        with context.database.transaction() as session:
            context.go_on(session)
            after = service.mark_programmes(
                session, programmes, after=after, limit=_BATCH, since=now(session)
            )
        rounds += 1
    return {"rounds": rounds}
