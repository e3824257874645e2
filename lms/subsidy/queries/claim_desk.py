"""Reads the queue of claims at the review desk: a stage of it, the counts, what filters offer."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased
from sqlalchemy.orm.util import AliasedClass

from lms.accounts.models import County, Person
from lms.catalog.models import Programme
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.clock import local_day
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.progress.models import StudyFlag
from lms.subsidy.domain.claim_desk import ClaimFilters, Stage
from lms.subsidy.domain.claim_states import ClaimAct, ClaimState
from lms.subsidy.domain.results import Verdict
from lms.subsidy.models import (
    EligibilityDecision,
    SubsidyClaim,
    SubsidyClaimCause,
    SubsidyClaimStep,
)

Claims: TypeAlias = "type[SubsidyClaim] | AliasedClass[SubsidyClaim]"
Place = tuple[datetime, int]  # since when a claim stands where it stands, and its id
PAGE_ROWS = 50
# Above this a stage is not counted out: reading every claim of ten years helps nobody.
COUNTED = 999
# What is still to be shown or looked at of a person, where it is found in a decision.
_PAPERLESS = frozenset({"missing", "incomplete", "registry_unknown"})
_BY_SOMEBODY = "INTEGRITY"
_IN_STATE: Mapping[Stage, tuple[ClaimState, ...]] = {
    Stage.FIRST: (ClaimState.SUBMITTED,),
    Stage.SECOND: (ClaimState.IN_REVIEW,),
    Stage.LIST: (ClaimState.IN_REVIEW,),
    Stage.RETURNED: (ClaimState.RETURNED,),
    Stage.PUBLIC: (ClaimState.PUBLICISED,),
    Stage.OBJECTED: (ClaimState.OBJECTED,),
    Stage.PAY: (ClaimState.APPROVED, ClaimState.BANK_RETURNED),
    Stage.PAID: (ClaimState.PAID,),
}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim of the queue, with what a reviewer wants to know before opening it.

    ``open`` are the conditions of its decision nobody can answer yet, by id and code.
    """

    claim: SubsidyClaim
    name: str
    programme: Localized
    is_suspected: bool
    has_cause: bool
    was_reopened: bool
    open: Sequence[tuple[str, str]]

    def waited(self, today: date) -> int:
        """Return for how many days it has stood where it stands."""
        return max((today - local_day(self.claim.state_at)).days, 0)

    @property
    def lacks_paper(self) -> bool:
        """Tell whether something is still to be shown or looked up."""
        return any(name != _BY_SOMEBODY and code in _PAPERLESS for name, code in self.open)


@dataclass(frozen=True, slots=True)
class ClaimQueue:
    """A part of a stage, oldest first; ``next`` is where it goes on."""

    lines: Sequence[ClaimLine]
    next: Place | None
    counts: Mapping[Stage, int]
    towns: Sequence[str]
    programmes: Mapping[str, Localized]
    counties: Mapping[str, Localized]


def near(
    actor: Actor, claim: Claims = SubsidyClaim, permission: Permission = Permission.SUBSIDY_READ
) -> ColumnElement[bool]:
    """Return the condition that a claim was handed in, in a county of the actor's."""
    return and_(claim.number.is_not(None), _inside(claim.county_code, actor, permission))


def _inside(
    county: InstrumentedAttribute[str], actor: Actor, permission: Permission
) -> ColumnElement[bool]:
    scopes: Sequence[Scope] = actor.scopes_for(permission)
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return true()
    return county.in_([scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY])


def claims_in_reach(
    session: Session, actor: Actor, claim_ids: Collection[int], permission: Permission
) -> dict[int, SubsidyClaim]:
    """Return the claims by id. Raises ``NotFound`` where one lies outside the actor's counties."""
    rows = session.scalars(
        select(SubsidyClaim).where(
            SubsidyClaim.id.in_(claim_ids), near(actor, permission=permission)
        )
    )
    found = {each.id: each for each in rows}
    if set(claim_ids) - found.keys():
        raise NotFound
    return found


def flagged(session: Session, people: Collection[int]) -> set[int]:
    """Return of whose study something was noticed, whatever somebody found it to be."""
    rows = session.scalars(
        select(StudyFlag.person_id).where(StudyFlag.person_id.in_(people)).distinct()
    )
    return set(rows)


def names_of(session: Session, people: Collection[int]) -> dict[int, str]:
    """Return the names of people."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(people)))
    return {row[0]: row[1] for row in rows}


def claim_queue(
    session: Session, actor: Actor, filters: ClaimFilters, after: Place | None
) -> ClaimQueue:
    """Return a page of the claims the filters name, oldest first, with the counts of all stages."""
    lines = _lines(session, wanted(actor, filters), after)
    shown = lines[:PAGE_ROWS]
    more = (shown[-1].claim.state_at, shown[-1].claim.id) if len(lines) > PAGE_ROWS else None
    own = near(actor)
    towns = session.scalars(
        select(SubsidyClaim.town)
        .where(own, SubsidyClaim.town != "")
        .distinct()
        .order_by(SubsidyClaim.town)
    )
    programmes = session.execute(
        select(Programme.slug, Programme.title)
        .where(Programme.id.in_(select(SubsidyClaim.programme_id).where(own)))
        .order_by(Programme.id)
    )
    counties = session.scalars(
        select(County)
        .where(_inside(County.code, actor, Permission.SUBSIDY_READ))
        .order_by(County.code)
    )
    return ClaimQueue(
        shown,
        more,
        _counts(session, actor, filters.county),
        towns.all(),
        {row[0]: row[1] for row in programmes},
        {each.code: {"zh": each.name_zh, "en": each.name_en} for each in counties},
    )


def wanted(
    actor: Actor, filters: ClaimFilters, claim: Claims = SubsidyClaim
) -> list[ColumnElement[bool]]:
    """Return the conditions of the claims the filters name."""
    found = [near(actor, claim), at_stage(filters.stage, actor, claim)]
    if filters.county:
        found.append(claim.county_code == filters.county)
    if filters.town:
        found.append(claim.town == filters.town)
    if filters.person:
        found.append(claim.person_id == filters.person)
    if filters.programme:
        # Both by a name of their own: the statement around may read these tables for itself.
        one = aliased(Programme)
        found.append(claim.programme_id.in_(select(one.id).where(one.slug == filters.programme)))
    if filters.q:
        # Asked of the claims there are: the other way round it would be asked of everybody.
        who = aliased(Person)
        named = exists().where(
            who.id == claim.person_id, who.name.contains(filters.q, autoescape=True)
        )
        found.append(or_(claim.number.contains(filters.q.upper(), autoescape=True), named))
    return found


def at_stage(stage: Stage, actor: Actor, claim: Claims = SubsidyClaim) -> ColumnElement[bool]:
    """Return the condition that a claim waits at the stage."""
    if stage is Stage.ALL:
        return true()
    if stage is Stage.CHANGED:
        return claim.id.in_(_changed(actor))
    states = claim.state.in_(_IN_STATE[stage])
    if stage is Stage.SECOND:
        return and_(states, claim.second_by_id.is_(None))
    if stage is Stage.LIST:
        return and_(states, claim.second_by_id.is_not(None))
    return states


def _changed(actor: Actor) -> Any:  # noqa: ANN401 (a statement)
    """Return the claims in doubt, and those that wait anew because something changed."""
    doubted, again = aliased(SubsidyClaim), aliased(SubsidyClaim)
    own = select(doubted.id).where(near(actor, doubted), doubted.doubt_at.is_not(None))
    return own.union(
        select(again.id).where(
            near(actor, again), again.state == ClaimState.SUBMITTED, _was_reopened(again)
        )
    )


def _was_reopened(claim: Claims) -> ColumnElement[bool]:
    return exists().where(
        SubsidyClaimStep.claim_id == claim.id,
        SubsidyClaimStep.number == claim.version,
        SubsidyClaimStep.act == ClaimAct.REOPEN,
    )


def _counts(session: Session, actor: Actor, county: str | None) -> dict[Stage, int]:
    """Return how many wait at each stage, counted no further than anybody reads."""
    counted = [stage for stage in Stage if stage is not Stage.ALL]
    columns = []
    for stage in counted:
        own = wanted(actor, ClaimFilters(stage=stage, county=county))
        some = select(SubsidyClaim.id).where(*own).limit(COUNTED + 1).subquery()
        columns.append(select(func.count()).select_from(some).scalar_subquery())
    row = session.execute(select(*columns)).one()
    return dict(zip(counted, row, strict=True))


def _lines(
    session: Session, conditions: Sequence[ColumnElement[bool]], after: Place | None
) -> list[ClaimLine]:
    claim, cause = SubsidyClaim, SubsidyClaimCause
    behind = [tuple_(claim.state_at, claim.id) > after] if after else []
    rows = session.execute(
        select(
            *(claim, Person.name, Programme.title, EligibilityDecision.results),
            exists().where(StudyFlag.person_id == claim.person_id, StudyFlag.ruling.is_(None)),
            exists().where(cause.claim_id == claim.id, cause.handled_at.is_(None)),
            _was_reopened(claim),
        )
        .join(Person, Person.id == claim.person_id)
        .join(Programme, Programme.id == claim.programme_id)
        .outerjoin(EligibilityDecision, EligibilityDecision.id == claim.decision_id)
        .where(*conditions, *behind)
        .order_by(claim.state_at, claim.id)
        .limit(PAGE_ROWS + 1)
    )
    return [
        ClaimLine(row[0], row[1], row[2], row[4], row[5], row[6], open_in(row[3])) for row in rows
    ]


def open_in(results: Sequence[Mapping[str, Any]] | None) -> list[tuple[str, str]]:
    """Return the conditions of a decision nobody can answer yet, each by id and code."""
    return [
        (each["id"], each["code"])
        for each in results or ()
        if each["verdict"] == Verdict.UNKNOWN.value
    ]
