"""Reads proposals of policies, what they would change, and how the rules stand now."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true
from sqlalchemy.orm import Session, aliased

from lms.accounts.models import County, Person
from lms.core.access import Actor, Permission, ScopeKind
from lms.core.errors import Message
from lms.jobs.models import Job, JobState
from lms.subsidy.domain.policy import Policy, last_day
from lms.subsidy.domain.policy_diff import Change, changes, text_diff
from lms.subsidy.domain.proposals import ProposalState, predecessor, refuse_clashes
from lms.subsidy.domain.reading import MalformedError, Where
from lms.subsidy.gateway import Shelf, read_upload
from lms.subsidy.models import EligibilityDecision, LearnerFact, PolicyProposal
from lms.subsidy.queries.shelves import shelf_now, stored_versions

DRY_RUN = "subsidy.dry_run"


def may_load(session: Session, actor: Actor) -> bool:
    """Tell whether the actor may load policies: they hold for everybody on the site.

    So it takes the whole platform as scope, or a county's where there is no other county.
    """
    return bool(session.scalar(select(loads_policies(actor))))


def loads_policies(actor: Actor) -> ColumnElement[bool]:
    """Return the same as a condition, for a statement that asks for something else besides."""
    kinds = {scope.kind for scope in actor.scopes_for(Permission.POLICY_LOAD)}
    if ScopeKind.PLATFORM in kinds:
        return true()
    if ScopeKind.COUNTY not in kinds:
        return false()
    return select(func.count(County.code)).scalar_subquery() == 1


@dataclass(frozen=True, slots=True)
class VersionLine:
    """A version in force: until when, where it comes from, how many decisions rest on it."""

    policy: Policy
    ends_on: date | None
    proposal_id: int | None
    decisions: int


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal as lists show it."""

    id: int
    sha256: str
    state: str
    proposed_by_id: int
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None
    text: str
    dry_run: Mapping[str, Any] | None

    @property
    def is_open(self) -> bool:
        """Tell whether somebody still has to decide."""
        return self.state == ProposalState.PROPOSED


def version_lines(session: Session, files: Shelf) -> list[VersionLine]:
    """Return all versions in force, policy by policy, the newest first."""
    stored = stored_versions(session)
    rows = session.execute(
        select(EligibilityDecision.policy_version_id, func.count())
        .where(EligibilityDecision.policy_version_id.is_not(None))
        .group_by(EligibilityDecision.policy_version_id)
    )
    counted = {row[0]: row[1] for row in rows}
    found = []
    policies = shelf_now(session, files).policies
    for policy in sorted(policies, key=lambda each: each.starts_on, reverse=True):
        row = stored.get((policy.id, policy.version))
        number = counted.get(row.id, 0) if row else 0
        origin = row.proposal_id if row else None
        found.append(VersionLine(policy, last_day(policy, policies), origin, number))
    return sorted(found, key=lambda each: each.policy.id)


def proposals(session: Session, *, limit: int) -> list[Proposed]:
    """Return the newest proposals."""
    rows = session.execute(_proposed().order_by(PolicyProposal.id.desc()).limit(limit))
    return [Proposed(*row) for row in rows]


def proposal(session: Session, proposal_id: int) -> Proposed | None:
    """Return one proposal."""
    row = session.execute(_proposed().where(PolicyProposal.id == proposal_id)).one_or_none()
    return Proposed(*row) if row else None


def _proposed() -> Any:  # noqa: ANN401 (a select of eleven columns)
    by, decider = aliased(Person), aliased(Person)
    row = PolicyProposal
    return (
        select(
            *(row.id, row.sha256, row.state, row.proposed_by_id, by.name, row.proposed_at),
            *(decider.name, row.decided_at, row.reason, row.text, row.dry_run),
        )
        .join(by, by.id == row.proposed_by_id)
        .outerjoin(decider, decider.id == row.decided_by_id)
    )


@dataclass(frozen=True, slots=True)
class Part:
    """One proposed version beside the one it follows."""

    policy: Policy
    before: Policy | None
    ends_on: date | None
    changes: Sequence[Change]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Stamp:
    """How far facts were written down, and which policies were in force."""

    fact: int
    policies: str

    def as_json(self) -> dict[str, Any]:
        """Return it as a dry run keeps it."""
        return {"fact": self.fact, "policies": self.policies}


def stamp(session: Session, shelf: Shelf) -> Stamp:
    """Return how things stand; ``shelf`` are the policies in force."""
    names = sorted(f"{policy.name} {policy.sha256}" for policy in shelf.policies)
    digest = hashlib.sha256("\n".join(names).encode()).hexdigest()
    return Stamp(session.scalar(select(func.max(LearnerFact.id))) or 0, digest)


@dataclass(frozen=True, slots=True)
class Trial:
    """The last dry run: how far it is, what it found, and what changed since."""

    kept: Mapping[str, Any]
    state: str | None
    done: int
    total: int
    people: Mapping[int, str]
    facts_changed: bool
    policies_changed: bool

    @property
    def at(self) -> datetime:
        """Return the moment as of which everybody is judged."""
        return datetime.fromisoformat(self.kept["at"])

    @property
    def is_running(self) -> bool:
        """Tell whether it goes on just now."""
        return self.state in (JobState.QUEUED, JobState.RUNNING)

    @property
    def is_done(self) -> bool:
        """Tell whether it went through everybody."""
        return bool(self.kept["done"])


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """A proposal with what it changes and what trying it out found; ``fault``: it fits no more."""

    proposal: Proposed
    parts: Sequence[Part]
    trial: Trial | None
    fault: Message | None


def proposal_page(session: Session, proposal_id: int, files: Shelf) -> ProposalPage | None:
    """Return the page of a proposal."""
    found = proposal(session, proposal_id)
    if found is None:
        return None
    shelf = shelf_now(session, files)
    fault, parts = None, []
    try:
        new = read_upload(found.text)
        standing = [each for each in shelf.policies if (each.id, each.version) not in _names(new)]
        if found.is_open:
            refuse_clashes(new, shelf.policies, shelf.policy_of)
        parts = _parts([policy for _, policy in new], standing)
    except MalformedError as error:
        fault = error.message
    return ProposalPage(found, parts, _trial(session, found, shelf), fault)


def _names(new: Sequence[tuple[Where, Policy]]) -> set[tuple[str, str]]:
    return {(policy.id, policy.version) for _, policy in new}


def _parts(new: Sequence[Policy], standing: Sequence[Policy]) -> list[Part]:
    """Return each version beside the one before, which may be proposed together with it."""
    parts, known = [], list(standing)
    for policy in sorted(new, key=lambda each: (each.id, each.starts_on)):
        before = predecessor(policy, known)
        ends_on = last_day(policy, [*standing, *new])
        parts.append(
            Part(policy, before, ends_on, changes(before, policy), text_diff(before, policy))
        )
        known.append(policy)
    return parts


def _trial(session: Session, found: Proposed, shelf: Shelf) -> Trial | None:
    kept = found.dry_run
    if not kept or kept["sha256"] != found.sha256:
        return None
    job = session.get(Job, kept["job"])
    now = stamp(session, shelf)
    ids = {example["person"] for example in kept["tally"]["examples"]}
    named = select(Person.id, Person.name).where(Person.id.in_(ids))
    return Trial(
        kept=kept,
        state=job.state if job else None,
        done=job.done if job else 0,
        total=job.total if job else 0,
        people={row[0]: row[1] for row in session.execute(named)} if ids else {},
        facts_changed=kept["stamp"]["fact"] != now.fact,
        policies_changed=kept["stamp"]["policies"] != now.policies,
    )
