"""Tries a proposal out over everybody, and marks whom an accepted one touches."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.core.ids import new_uuid
from lms.jobs.models import Job, JobState
from lms.jobs.service import JobRequest, cancel, enqueue
from lms.subsidy import queries
from lms.subsidy.domain.assembly import Dossier, Programme
from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.judgement import Judged, judged
from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.trial import Before, Tally, tally_of
from lms.subsidy.gateway import Shelf, read_upload, with_accepted
from lms.subsidy.models import PolicyProposal

_RUNNING = (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is tried out against what, and the day as of which everybody is judged."""

    now: Shelf
    then: Shelf
    today: date


def order_trial(
    session: Session, *, actor: Actor, proposal_id: int, files: Shelf, now: datetime
) -> None:
    """Order a dry run; one that was stopped goes on where it was, if all is still the same.

    Raises ``NotFound`` out of reach, ``Conflict`` for a decided proposal and where one runs.
    """
    row = _proposal(session, actor, proposal_id)
    kept = row.dry_run
    if kept and _is_running(session, kept["job"]):
        raise Conflict("dry_run_running", "It is being tried out just now.")
    stamp = queries.stamp(session, queries.shelf_now(session, files)).as_json()
    job_id = new_uuid()
    same = kept and not kept["done"] and kept["sha256"] == row.sha256 and kept["stamp"] == stamp
    if not kept or not same:
        kept = {"after": 0, "at": now.isoformat(), "tally": Tally().as_json()}
    key = f"{queries.DRY_RUN}:{job_id}"
    args = {"proposal": row.id, "sha256": row.sha256}
    job = enqueue(session, JobRequest(queries.DRY_RUN, key, args, actor.person_id))
    row.dry_run = {**kept, "job": job.id, "sha256": row.sha256, "stamp": stamp, "done": False}
    session.flush()


def stop_trial(session: Session, *, actor: Actor, proposal_id: int) -> None:
    """Stop the dry run; what it counted so far is kept. Raises as ``order_trial``."""
    row = _proposal(session, actor, proposal_id)
    if not row.dry_run or not cancel(session, row.dry_run["job"]):
        raise Conflict("dry_run_over", "This is done already.")


def _proposal(session: Session, actor: Actor, proposal_id: int) -> PolicyProposal:
    row = session.get(PolicyProposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None or not queries.may_load(session, actor):
        raise NotFound
    if row.decided_at is not None:
        raise Conflict("proposal_decided", "Somebody decided about this meanwhile.")
    return row


def _is_running(session: Session, job_id: str) -> bool:
    job = session.get(Job, job_id)
    return job is not None and job.state in _RUNNING


def plan_of(session: Session, proposal_id: int, files: Shelf) -> Plan | None:
    """Return what a dry run compares; ``None`` where the proposal was decided meanwhile."""
    row = session.get_one(PolicyProposal, proposal_id)
    if row.decided_at is not None or not row.dry_run:
        return None
    standing = queries.shelf_now(session, files)
    new = [policy for _, policy in read_upload(row.text)]
    at = datetime.fromisoformat(row.dry_run["at"])
    return Plan(standing, with_accepted(standing, new), local_day(at))


def counted_so_far(session: Session, proposal_id: int) -> tuple[Tally, int]:
    """Return what a dry run counted, and up to whom."""
    kept = session.get_one(PolicyProposal, proposal_id).dry_run or {}
    return tally_of(kept["tally"]), kept["after"]


def try_out(session: Session, plan: Plan, tally: Tally, people: Collection[int]) -> None:
    """Judge these people by both sets of policies and count what differs; writes nothing."""
    read = queries.dossiers(session, people)
    last = queries.last_decisions(session, people)
    tally.people += len(read.people)
    for person_id, dossier in read.people.items():
        for own in _touched(dossier, read.programmes, plan):
            before = last.get((person_id, own.programme.id))
            now = Before(before.outcome, before.amount_fen) if before else _now(own, plan)
            tally.add(person_id, own.programme.slug, now, own.decision)


def _touched(dossier: Dossier, programmes: Mapping[str, Programme], plan: Plan) -> list[Judged]:
    """Return what falls under another version than now."""
    return [
        own
        for own in judged(dossier, programmes, plan.then, today=plan.today)
        if _name(own.decision.policy) != _name(_covering(own, plan.now))
    ]


def _covering(own: Judged, shelf: Shelf) -> Policy | None:
    start = own.facts.training.start
    return shelf.covering(own.programme.slug, start) if start else None


def _name(policy: Policy | None) -> str | None:
    return policy.name if policy else None


def _now(own: Judged, plan: Plan) -> Before:
    """Return what the policies in force say; nothing where the programme has none."""
    policy = _covering(own, plan.now)
    if policy is None:
        return Before()
    found = decide(policy, own.facts)
    return Before(found.outcome.value, found.amount_fen)


def put_away(
    session: Session, proposal_id: int, job_id: str, *, tally: Tally, after: int, done: bool
) -> bool:
    """Keep what was counted up to somebody; false where another dry run took over."""
    row = session.get(PolicyProposal, proposal_id, with_for_update=True, populate_existing=True)
    if row is None or not row.dry_run or row.dry_run["job"] != job_id:
        return False
    row.dry_run = {**row.dry_run, "tally": tally.as_json(), "after": after, "done": done}
    session.flush()
    return True
