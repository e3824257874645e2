"""Makes rules in force that ask little, people who meet them, and claims that came some way."""

import json
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.domain.bank import NewAccount
from lms.accounts.gateway import Keys
from lms.accounts.models import Person
from lms.accounts.service import banks
from lms.catalog.service.registry import programme_for
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.ids import digest
from lms.db.session import Database, now
from lms.subsidy import service
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.domain.policy import Status
from lms.subsidy.gateway import read_upload, shelf
from lms.subsidy.models import (
    EligibilityDecision,
    PolicyAcceptance,
    PolicyProposal,
    PolicyVersion,
    SubsidyClaim,
    SubsidyClaimStep,
)
from lms.subsidy.service import Ground, HandedIn, Move
from tests.factories.accounts import COUNTY, make_grant, make_person, make_sign_in
from tests.factories.enrollment import make_enrollment
from tests.factories.identity import agree, make_identity
from tests.factories.subsidy import (
    JOINED,
    Subsidised,
    make_fact,
    make_subsidised,
    make_subsidised_course,
)

# Who is known, was never paid for the same, and has an account may claim; two a year at most.
RULES = """
- id: qz-demo
  version: "3.0"
  from: 2026-04-01
  to: null
  status: demo
  selects_by: training.start
  clauses:
    - {{id: REALNAME}}
    - {{id: CONSENT}}
    - {{id: PAYEE}}
    - {{id: INTEGRITY}}
    - {{id: ONCE, key: [occupation, work_type]}}
    - {{id: CAP_YEAR, max: {a_year}}}
  catalogue:
    - {{programme: anchor-l5, institution: QZ-LSS-01, from: 2024-08-01, to: null}}
    - {{programme: store-l5, institution: QZ-LSS-01, from: 2024-08-01, to: null}}
  instalments: {instalments}
  amount_cny: {{5: {yuan}}}
"""

# What a step is about, where a list or a payment says it otherwise.
_ABOUT = {
    ClaimAct.PUBLICISE: {"until": "2026-07-17"},
    ClaimAct.PAY: {"instalment": 1},
    ClaimAct.REOPEN: {"causes": ["decided_anew"]},
}


@dataclass(frozen=True)
class Claimant:
    """Somebody who may claim the subsidy of what they studied for."""

    person: Person
    actor: Actor
    study: Subsidised

    @property
    def programme_id(self) -> int:
        return self.study.programme.id


def make_rules(
    session: Session, *, a_year: int = 2, yuan: int = 600, instalments: int = 1, text: str = RULES
) -> None:
    """Bring the rules above into force, as two administrators do; once is enough."""
    if session.scalar(select(PolicyVersion.id).where(PolicyVersion.version == "3.0")):
        return
    text = text.format(a_year=a_year, yuan=yuan, instalments=instalments)
    ((_, policy),) = read_upload(text)
    first, second = make_person(session, name="一号"), make_person(session, name="二号")
    at = now(session)
    proposal = PolicyProposal(
        text=text,
        sha256=digest(text),
        state="accepted",
        proposed_by_id=first.id,
        proposed_at=at,
        decided_by_id=second.id,
        decided_at=at,
    )
    version = PolicyVersion(
        policy_id=policy.id,
        version=policy.version,
        sha256=policy.sha256,
        content=json.loads(policy.content),
        first_used_at=at,
    )
    session.add_all([proposal, version])
    session.flush()
    session.add(PolicyAcceptance(policy_version_id=version.id, proposal_id=proposal.id))
    session.flush()


def make_known_payee(session: Session, person: Person, keys: Keys) -> None:
    """Let the person show a card, agree, and give an account that somebody looked at."""
    staff = make_person(session, name="周敏")
    make_identity(session, person, keys, checked_by=staff)
    agree(session, person, "handover")
    number = f"6228480402564{person.id:06d}"
    new = NewAccount(number, "浙江农商银行（常山）", person.name)
    at = now(session)
    banks.declare(session, person_id=person.id, new=new, by_id=person.id, keys=keys, now=at)
    looker = Actor(staff.id, staff.name, (), 0)
    banks.look(session, looker, person_id=person.id, is_own=True, now=at)


def make_claimant(session: Session, keys: Keys, **values: Any) -> Claimant:
    """Make somebody who meets the rules: known, agreed, an account that was looked at."""
    make_rules(session)
    study = make_subsidised(session, **values)
    make_known_payee(session, study.person, keys)
    make_fact(session, study.person, FactKey.PAST_SUBSIDIES, [])
    actor = Actor(study.person.id, study.person.name, (), make_sign_in(session, study.person).id)
    return Claimant(study.person, actor, study)


def make_reviewer(session: Session, county: str = COUNTY, **values: Any) -> Actor:
    """Make an administrator of a county."""
    scope = Scope(ScopeKind.COUNTY, county)
    person = make_person(session, **{"name": "周敏", "county_code": county, **values})
    make_grant(session, person, Role.ADMINISTRATOR, scope)
    signed_in = make_sign_in(session, person)
    return Actor(person.id, person.name, (Grant(Role.ADMINISTRATOR, scope),), signed_in.id)


def ground(session: Session) -> Ground:
    return Ground(shelf(), frozenset(Status), now(session))


def decision_of(session: Session, own: Claimant) -> int:
    """Decide anew, and return the decision's id."""
    service.decide_people(session, people=[own.person.id], shelf=shelf(), now=now(session))
    row = EligibilityDecision
    found = session.scalar(
        select(row.id)
        .where(row.person_id == own.person.id, row.programme_id == own.programme_id)
        .order_by(row.number.desc())
        .limit(1)
    )
    assert found is not None
    return found


def make_draft(session: Session, own: Claimant) -> SubsidyClaim:
    return service.begin(
        session, own.actor, decision_id=decision_of(session, own), ground=ground(session)
    )


def make_claim(session: Session, own: Claimant) -> SubsidyClaim:
    """Hand a claim in."""
    claim = make_draft(session, own)
    session.flush()
    service.hand_in(
        session,
        own.actor,
        claim_id=claim.id,
        sent=HandedIn(claim.version, has_promised=True, address="10.0.0.1"),
        ground=ground(session),
    )
    return session.get_one(SubsidyClaim, claim.id)


def move(session: Session, claim_id: int, act: ClaimAct, by: int | None, **more: Any) -> None:
    """Move a claim. Raises ``Conflict`` where the rules refuse."""
    reason = more.pop("reason", "因为")
    more.setdefault("about", _ABOUT.get(act, {}))
    service.advance_one(
        session,
        Move(claim_id, act, by, reason=reason, **more),
        shelf=shelf(),
        now=now(session),
    )


def make_passed(session: Session, own: Claimant, first: Actor, second: Actor) -> SubsidyClaim:
    """Hand a claim in and let two people pass it."""
    claim = make_claim(session, own)
    move(session, claim.id, ClaimAct.FIRST_LOOK, first.person_id)
    move(session, claim.id, ClaimAct.SECOND_LOOK, second.person_id)
    return session.get_one(SubsidyClaim, claim.id)


def make_approved(session: Session, own: Claimant, first: Actor, second: Actor) -> SubsidyClaim:
    """Let a claim pass two people and the public list."""
    claim = make_passed(session, own, first, second)
    move(session, claim.id, ClaimAct.PUBLICISE, first.person_id)
    move(session, claim.id, ClaimAct.APPROVE, second.person_id)
    return session.get_one(SubsidyClaim, claim.id)


def claim_now(database: Database, claim_id: int) -> SubsidyClaim:
    with database.snapshot() as session:
        return session.get_one(SubsidyClaim, claim_id)


def steps_of(database: Database, claim_id: int) -> list[SubsidyClaimStep]:
    with database.snapshot() as session:
        own = select(SubsidyClaimStep).where(SubsidyClaimStep.claim_id == claim_id)
        return list(session.scalars(own.order_by(SubsidyClaimStep.number)))


def other_programme(session: Session, own: Claimant, programme: str = "store-l5") -> Claimant:
    """Let the same person study for another programme too."""
    course = make_subsidised_course(session, programme=programme)
    taken = make_enrollment(session, course=course, person=own.person, enrolled_at=JOINED)
    found = programme_for(session, programme)
    return replace(own, study=Subsidised(own.person, course, taken, found))
