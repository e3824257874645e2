"""Loads policies: one administrator proposes, another one accepts or rejects."""

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.db.upsert import insert_once
from lms.jobs.service import JobRequest, enqueue
from lms.subsidy import queries
from lms.subsidy.domain.policy import Policy
from lms.subsidy.domain.proposals import ProposalState, refuse_clashes
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import Shelf, read_upload
from lms.subsidy.models import PolicyAcceptance, PolicyProposal, PolicyVersion
from lms.subsidy.service.marks import MARK_TOUCHED


def propose(
    session: Session, *, actor: Actor, text: str, files: Shelf, now: datetime
) -> PolicyProposal:
    """Write a text of versions down; nothing is in force until somebody else accepts it.

    Raises ``NotFound`` out of reach and ``InvalidInput`` with place and reason of the fault.
    """
    _require_reach(session, actor)
    standing = queries.shelf_now(session, files)
    try:
        refuse_clashes(read_upload(text), standing.policies, standing.policy_of)
    except MalformedError as error:
        fault = Message("policy_malformed", "It was not taken. %(fault)s", {"fault": error.message})
        raise InvalidInput({"text": fault}) from error
    row = PolicyProposal(
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        proposed_by_id=actor.person_id,
        proposed_at=now,
    )
    session.add(row)
    session.flush()
    _write_down(session, actor, "proposed", row, now)
    return row


def accept(
    session: Session, *, actor: Actor, proposal_id: int, sha256: str, files: Shelf, now: datetime
) -> None:
    """Bring what somebody else proposed into force; ``sha256`` is the content the page showed.

    Raises ``ConfirmationNeeded`` without a fresh proof, ``NotFound`` out of reach, ``Forbidden``
    for one's own, ``Conflict`` where it was decided or does not fit any more, and without a dry
    run of this very content by the policies of now.
    """
    row = _open(session, actor, proposal_id, now)
    if row.proposed_by_id == actor.person_id:
        raise Forbidden("own_proposal", "Two people are needed: somebody else has to accept this.")
    standing = queries.shelf_now(session, files)
    if row.sha256 != sha256:
        raise _changed()
    _require_dry_run(row, queries.stamp(session, standing))
    try:
        new = read_upload(row.text)
        refuse_clashes(new, standing.policies, standing.policy_of)
    except MalformedError as error:
        raise Conflict(
            "proposal_clashes",
            "This does not fit any more beside the policies in force. %(fault)s",
            fault=error.message,
        ) from error
    _bring_into_force(session, row.id, [policy for _, policy in new], now)
    _decide(session, actor, row, ProposalState.ACCEPTED, now)
    args = {"proposal": row.id, "policies": sorted({policy.id for _, policy in new})}
    enqueue(session, JobRequest(MARK_TOUCHED, f"{MARK_TOUCHED}:{row.id}", args))


def refuse(
    session: Session, *, actor: Actor, proposal_id: int, reason: str, now: datetime
) -> ProposalState:
    """Reject what somebody else proposed, or withdraw one's own; return which it was.

    Raises as ``accept`` does.
    """
    row = _open(session, actor, proposal_id, now)
    is_own = row.proposed_by_id == actor.person_id
    row.reason = reason
    state = ProposalState.WITHDRAWN if is_own else ProposalState.REJECTED
    _decide(session, actor, row, state, now)
    return state


def _open(session: Session, actor: Actor, proposal_id: int, now: datetime) -> PolicyProposal:
    """Return the open proposal; of two who decide about any at once the second waits."""
    require_confirmed(session, actor, now=now)
    _require_reach(session, actor)
    waiting = {
        row.id: row
        for row in session.scalars(
            select(PolicyProposal)
            .where(PolicyProposal.state == ProposalState.PROPOSED)
            .order_by(PolicyProposal.id)
            .with_for_update()
            .execution_options(populate_existing=True)
        )
    }
    if proposal_id in waiting:
        return waiting[proposal_id]
    if session.get(PolicyProposal, proposal_id) is None:
        raise NotFound
    raise Conflict("proposal_decided", "Somebody decided about this meanwhile.")


def _require_reach(session: Session, actor: Actor) -> None:
    if not queries.may_load(session, actor):
        raise NotFound


def _require_dry_run(row: PolicyProposal, stamp: queries.Stamp) -> None:
    kept = row.dry_run
    if not kept or not kept["done"] or kept["sha256"] != row.sha256:
        raise Conflict("dry_run_missing", "Please try it out first, over everybody.")
    if kept["stamp"]["policies"] != stamp.policies:
        raise Conflict(
            "dry_run_stale", "Other policies came into force since it was tried out. Try it again."
        )


def _changed() -> Conflict:
    return Conflict("proposal_changed", "This is not what the page showed. Please look again.")


def _bring_into_force(
    session: Session, proposal_id: int, new: Sequence[Policy], now: datetime
) -> None:
    for policy in new:
        values = {
            "policy_id": policy.id,
            "version": policy.version,
            "sha256": policy.sha256,
            "content": json.loads(policy.content),
            "first_used_at": now,
        }
        if not insert_once(session, PolicyVersion, values):
            raise _changed()
        stored = queries.stored_versions(session)[policy.id, policy.version]
        session.add(PolicyAcceptance(policy_version_id=stored.id, proposal_id=proposal_id))
    session.flush()


def _decide(
    session: Session, actor: Actor, row: PolicyProposal, state: ProposalState, now: datetime
) -> None:
    row.state, row.decided_by_id, row.decided_at = state, actor.person_id, now
    session.flush()
    _write_down(session, actor, state.value, row, now)


def _write_down(
    session: Session, actor: Actor, step: str, row: PolicyProposal, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=f"policy.{step}",
        subject=f"policy_proposal:{row.id}",
        details={"sha256": row.sha256, "reason": row.reason},
        at=now,
    )
