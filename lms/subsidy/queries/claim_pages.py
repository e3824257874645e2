"""Reads the claims of a learner as pages and calls name them: all of them, or one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, literal, select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.models import Programme
from lms.catalog.outline import Words
from lms.subsidy.domain.claim_draft import OPEN
from lms.subsidy.domain.claim_promise import CLAIM_PROMISE
from lms.subsidy.domain.claim_states import OVER
from lms.subsidy.domain.claim_story import Story, story
from lms.subsidy.domain.policy import Status
from lms.subsidy.models import EligibilityDecision, PolicyVersion, Promise, SubsidyClaim
from lms.subsidy.queries.claims import standing_of
from lms.subsidy.queries.meters import Meter


@dataclass(frozen=True, slots=True)
class Shown:
    """A claim with what its pages name: programme, county, the decision and the promise."""

    claim: SubsidyClaim
    slug: str
    title: Words
    county: Words
    decided_at: datetime | None
    rules: tuple[str, str] | None
    decided_fen: int | None
    results: Sequence[Mapping[str, Any]]
    promise: tuple[str, datetime] | None

    @property
    def is_open(self) -> bool:
        """Tell whether the learner may fill in and hand in."""
        return self.claim.state in OPEN

    @property
    def is_over(self) -> bool:
        """Tell whether the claim ended without the money, or the money went back."""
        return self.claim.state in OVER

    @property
    def signed_at(self) -> datetime | None:
        """Return when the promise was given, where it stands for what is handed in next."""
        if self.promise is None:
            return None
        version, at = self.promise
        return at if version == CLAIM_PROMISE and at >= self.claim.state_at else None

    @property
    def story(self) -> Story:
        """Return where the claim is, for a list."""
        return story(standing_of(self.claim), recovered_fen=self.claim.recovered_fen)


def claims_of(session: Session, person_id: int) -> list[Shown]:
    """Return all claims of the person, those that go on first, then the newest first."""
    found = _shown(session, SubsidyClaim.person_id == person_id, None)
    return sorted(found, key=lambda each: (each.is_over, -each.claim.id))


def shown_claim(
    session: Session, claim_id: int, person_id: int, *, since: int | None = None
) -> Shown | None:
    """Return the person's own claim; ``since`` names the decision it is compared with."""
    own = and_(SubsidyClaim.id == claim_id, SubsidyClaim.person_id == person_id)
    return next(iter(_shown(session, own, since)), None)


def _shown(session: Session, own: ColumnElement[bool], since: int | None) -> list[Shown]:
    claim, decision = SubsidyClaim, EligibilityDecision
    compared = func.coalesce(literal(since), claim.decision_id) if since else claim.decision_id
    rows = session.execute(
        select(claim, Programme, County, decision, PolicyVersion, Promise)
        .join(Programme, Programme.id == claim.programme_id)
        .join(County, County.code == claim.county_code)
        .outerjoin(decision, and_(decision.id == compared, decision.person_id == claim.person_id))
        .outerjoin(PolicyVersion, PolicyVersion.id == decision.policy_version_id)
        .outerjoin(Promise, Promise.id == claim.promise_id)
        .where(own)
    )
    return [
        Shown(
            claim=row,
            slug=programme.slug,
            title=programme.title,
            county={"zh": county.name_zh, "en": county.name_en},
            decided_at=decided.decided_at if decided else None,
            rules=(version.policy_id, version.version) if version else None,
            decided_fen=decided.amount_fen if decided else None,
            results=decided.results if decided else (),
            promise=(promise.text_version, promise.given_at) if promise else None,
        )
        for row, programme, county, decided, version, promise in rows
    ]


def _thing_of(meter: Meter) -> tuple[str, str, int]:
    """Return what the meter's subsidy is paid for once: occupation, work type and level."""
    programme = meter.programme
    return programme.occupation, programme.work_type or "", programme.level


def claims_by_meter(found: Sequence[Meter], claims: Sequence[Shown]) -> dict[int, Shown]:
    """Return, by programme, the claim that goes on for the same occupation, work type and level."""
    live = {
        (each.claim.occupation, each.claim.work_type, each.claim.level): each
        for each in claims
        if not each.is_over
    }
    return {
        meter.programme.id: live[_thing_of(meter)]
        for meter in found
        if not meter.is_practice and _thing_of(meter) in live
    }


def may_be_claimed(meter: Meter, taken: frozenset[Status]) -> bool:
    """Tell whether a claim may be begun: nothing speaks against it, by rules that are taken."""
    policy = meter.policy
    return (
        not meter.is_practice
        and not meter.missing
        and policy is not None
        and policy.status in taken
        and bool(meter.decision.amount_fen)
    )
