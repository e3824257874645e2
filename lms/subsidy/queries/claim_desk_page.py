"""Reads all a reviewer looks at before saying something to a claim: six statements.

One more where the person ever paid for a course.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, select, tuple_
from sqlalchemy.orm import Session, aliased

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import BankAccount, County, Person
from lms.catalog.models import Programme
from lms.core.access import Actor, Permission
from lms.core.errors import Message, NotFound
from lms.db.base import Localized
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.payments.queries import Funding, fundings, has_paid
from lms.progress.queries import Flag, flags_of
from lms.subsidy import findings
from lms.subsidy.domain.assembly import Dossier
from lms.subsidy.domain.claim_desk import ClaimFilters, changes
from lms.subsidy.domain.claim_states import ClaimAct, Standing
from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.results import ClauseResult, Verdict
from lms.subsidy.gateway import Shelf
from lms.subsidy.models import (
    EligibilityDecision,
    PolicyVersion,
    SubsidyClaim,
    SubsidyClaimStep,
)
from lms.subsidy.queries.certificates import Held, certificates
from lms.subsidy.queries.claim_desk import near, wanted
from lms.subsidy.queries.claim_desk_trail import Trail, trail_of
from lms.subsidy.queries.claims import standing_of
from lms.subsidy.queries.meters import Row, judged_meters
from lms.subsidy.queries.people import Entry, history, reaches

_PASSES, _OPEN = "o", "u"


@dataclass(frozen=True, slots=True)
class Around:
    """Where the claim stands in its queue: ``place`` of ``total``, and its neighbours' ids."""

    place: int
    total: int
    previous: int | None
    next: int | None
    first: int | None
    is_here: int


@dataclass(frozen=True, slots=True)
class Head:
    """The claim with its person, the decision it rests on, and what the actor may open of them."""

    claim: SubsidyClaim
    name: str
    phone: str
    county: Localized
    programme: Localized
    decision: EligibilityDecision | None
    version: PolicyVersion | None
    account: BankAccount | None
    handed_in: Sequence[Mapping[str, Any]] | None
    first_by: str | None
    second_by: str | None
    around: Around | None
    may_read_file: bool
    may_read_facts: bool
    may_read_flags: bool
    has_paid: bool

    @property
    def standing(self) -> Standing:
        """Return the claim as the rules see it."""
        return standing_of(self.claim)

    @property
    def has_other_account(self) -> bool:
        """Tell whether the person named another account since the claim was handed in."""
        index = self.account.number_index if self.account else None
        return bool(self.claim.account_index) and index != self.claim.account_index


@dataclass(frozen=True, slots=True)
class Changed:
    """What is found of a condition now, and what was when the claim was handed in."""

    heading: Message
    before: Message | None
    now: Message | None


@dataclass(frozen=True, slots=True)
class ClaimPage:
    """A claim with each condition and what stands behind it."""

    head: Head
    rows: Sequence[Row]
    facts: Facts | None
    dossier: Dossier
    entries: Mapping[int, Entry]
    held: Sequence[Held]
    flags: Sequence[Flag]
    trail: Trail
    changed: Sequence[Changed]
    fundings: Sequence[Funding]
    # Whether anything they study still counts for it; otherwise ``rows`` are what was found last.
    counts: bool

    @property
    def marks(self) -> str:
        """Return a letter a condition for the drawing, as they stand in the table."""
        letters = {Verdict.PASS: _PASSES, Verdict.UNKNOWN: _OPEN, Verdict.FAIL: "n"}
        found = (letters.get(row.result.verdict, "") for row in self.rows)
        return "".join(found)

    @property
    def open_flags(self) -> Sequence[Flag]:
        """Return what was noticed and nobody ruled on yet."""
        return [flag for flag in self.flags if flag.ruling is None]


def claim_page(
    session: Session,
    actor: Actor,
    claim_id: int,
    filters: ClaimFilters | None,
    *,
    shelf: Shelf,
    today: date,
) -> ClaimPage:
    """Return the page. Raises ``NotFound`` outside the actor's counties, and for a mere draft."""
    head = _head(session, actor, claim_id, filters)
    person_id = head.claim.person_id
    meters, dossier = judged_meters(session, person_id, shelf=shelf, today=today)
    own = [each for each in meters if each[0].programme.id == head.claim.programme_id]
    rows = list(own[0][1].rows) if own else [Row(each) for each in _results(head.decision)]
    entries = {
        entry.fact.number: entry for each in history(session, person_id).values() for entry in each
    }
    return ClaimPage(
        head,
        [row for row in rows if row.result.verdict is not Verdict.NOT_APPLICABLE],
        own[0][0].facts if own else None,
        dossier,
        entries,
        [each for each in certificates(session, person_id) if _is_meant(each, head.claim)],
        flags_of(session, person_id),
        trail_of(session, claim_id, person_id),
        _changed(head, [row.result for row in rows]),
        _fundings(session, head),
        bool(own),
    )


def _fundings(session: Session, head: Head) -> Sequence[Funding]:
    """Return how what is claimed for was paid; it may be public money already."""
    if not head.has_paid:
        return ()
    paid = fundings(session, head.claim.person_id)
    return [each for each in paid if each.programme_id == head.claim.programme_id]


def _is_meant(held: Held, claim: SubsidyClaim) -> bool:
    return held.now.occupation_code == claim.occupation


def _results(decision: EligibilityDecision | None) -> list[ClauseResult]:
    return _read(decision.results) if decision else []


def _read(results: Sequence[Mapping[str, Any]]) -> list[ClauseResult]:
    return [
        ClauseResult(each["id"], Verdict(each["verdict"]), each["code"], each["params"])
        for each in results
    ]


def _changed(head: Head, now: Sequence[ClauseResult]) -> list[Changed]:
    """Return what is found otherwise than when the claim was handed in."""
    if head.handed_in is None:
        return []
    found = []
    for change in changes(_read(head.handed_in), now):
        said = change.now or change.before
        if said is not None:
            before, later = (
                findings.sentence(each) if each else None for each in (change.before, change.now)
            )
            found.append(Changed(findings.heading(said), before, later))
    return found


def _head(session: Session, actor: Actor, claim_id: int, filters: ClaimFilters | None) -> Head:
    row = session.execute(_statement(actor, claim_id, filters)).one_or_none()
    if row is None:
        raise NotFound
    claim, person, county, programme, decision, version, account, handed_in = row[:8]
    first_by, second_by, may_read_file, has_paid_ever, *around = row[8:]
    return Head(
        claim=claim,
        name=person.name,
        phone=masked_phone(person.phone),
        county={"zh": county.name_zh, "en": county.name_en},
        programme=programme,
        decision=decision,
        version=version,
        account=account,
        handed_in=handed_in,
        first_by=first_by,
        second_by=second_by,
        around=Around(*around) if filters else None,
        may_read_file=bool(may_read_file) and person.erased_at is None,
        may_read_facts=_may(actor, person, Permission.FACTS_READ),
        may_read_flags=_may(actor, person, Permission.TIME_READ),
        has_paid=has_paid_ever,
    )


def _may(actor: Actor, person: Person, permission: Permission) -> bool:
    return person.erased_at is None and reaches(actor, person.county_code, permission)


def _statement(actor: Actor, claim_id: int, filters: ClaimFilters | None) -> Select[Any]:
    first, second = aliased(Person), aliased(Person)
    claim, then = SubsidyClaim, aliased(EligibilityDecision)
    taught = in_scope(actor.scopes_for(Permission.EVIDENCE_READ))
    around = _around(actor, filters) if filters else []
    return (
        select(
            *(claim, Person, County, Programme.title, EligibilityDecision, PolicyVersion),
            *(BankAccount, then.results, first.name, second.name),
            exists().where(Enrollment.person_id == claim.person_id, taught),
            has_paid(claim.person_id),
            *around,
        )
        .join(Person, Person.id == claim.person_id)
        .join(County, County.code == claim.county_code)
        .join(Programme, Programme.id == claim.programme_id)
        .outerjoin(EligibilityDecision, EligibilityDecision.id == claim.decision_id)
        .outerjoin(PolicyVersion, PolicyVersion.id == EligibilityDecision.policy_version_id)
        .outerjoin(BankAccount, BankAccount.person_id == claim.person_id)
        .outerjoin(then, then.id == _decision_handed_in(claim_id))
        .outerjoin(first, first.id == claim.first_by_id)
        .outerjoin(second, second.id == claim.second_by_id)
        .where(claim.id == claim_id, near(actor))
    )


def _decision_handed_in(claim_id: int) -> ColumnElement[int]:
    """Return the decision by which the claim was handed in last."""
    step = SubsidyClaimStep
    return (
        select(step.decision_id)
        .where(step.claim_id == claim_id, step.act == ClaimAct.SUBMIT)
        .order_by(step.number.desc())
        .limit(1)
        .scalar_subquery()
    )


def _around(actor: Actor, filters: ClaimFilters) -> list[Any]:
    """Return of the queue: place, length, neighbours, its first, and whether the claim is there."""
    each = aliased(SubsidyClaim)
    own = wanted(actor, filters, each)
    here = tuple_(each.state_at, each.id)
    there = tuple_(SubsidyClaim.state_at, SubsidyClaim.id)
    rising, falling = (each.state_at, each.id), (each.state_at.desc(), each.id.desc())
    number = select(func.count(each.id)).where(*own)
    one = select(each.id).where(*own).limit(1)
    columns = (
        number.where(here <= there),
        number,
        one.where(here < there).order_by(*falling),
        one.where(here > there).order_by(*rising),
        one.order_by(*rising),
        number.where(each.id == SubsidyClaim.id),
    )
    return [column.correlate(SubsidyClaim).scalar_subquery() for column in columns]
