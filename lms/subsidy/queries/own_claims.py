"""Reads a person's own claims, what a claim and a decision are of, and what is left to say."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Programme
from lms.enrollment.models import Enrollment
from lms.subsidy.domain.claim_states import OVER
from lms.subsidy.domain.policy import Kind, Policy
from lms.subsidy.domain.whys import Why
from lms.subsidy.models import EligibilityDecision, PolicyVersion, SubsidyClaim
from lms.subsidy.queries.meters import Meter, Row
from lms.subsidy.queries.shelves import Stored, policies_of


@dataclass(frozen=True, slots=True)
class Named:
    """A decision somebody names: its row and programme."""

    decision_id: int
    programme_id: int


def own_decision(session: Session, decision_id: int, person_id: int) -> Named | None:
    """Return the person's own decision."""
    row = EligibilityDecision
    found = session.execute(
        select(row.id, row.programme_id).where(row.id == decision_id, row.person_id == person_id)
    ).one_or_none()
    return Named(*found) if found else None


def policy_of_decision(session: Session, decision_id: int) -> Policy | None:
    """Return the version a decision was made by; ``None`` where none covered the training."""
    found = session.execute(
        select(PolicyVersion.id, PolicyVersion.sha256)
        .join(EligibilityDecision, EligibilityDecision.policy_version_id == PolicyVersion.id)
        .where(EligibilityDecision.id == decision_id)
    ).one_or_none()
    return policies_of(session, [Stored(*found)])[0] if found else None


def own_claim(session: Session, claim_id: int, person_id: int) -> SubsidyClaim | None:
    """Return the person's own claim."""
    return session.scalar(
        select(SubsidyClaim).where(SubsidyClaim.id == claim_id, SubsidyClaim.person_id == person_id)
    )


def thing_of(programme: Programme) -> tuple[str, str, int]:
    """Return what a subsidy is paid for once: occupation, work type and level."""
    known = known_programmes().get(programme.slug)
    work_type = known.work_type if known else None
    return programme.occupation_code, work_type or "", programme.level


def live_claim_of(session: Session, person_id: int, programme_id: int) -> SubsidyClaim | None:
    """Return the person's claim, if one goes on, for what the programme's subsidy is paid for."""
    return live_claim(session, person_id, thing_of(session.get_one(Programme, programme_id)))


def live_claim(
    session: Session, person_id: int, thing: tuple[str, str, int]
) -> SubsidyClaim | None:
    """Return the person's claim for an occupation, work type and level that is not over."""
    claim = SubsidyClaim
    return session.scalar(
        select(claim).where(
            claim.person_id == person_id,
            claim.occupation == thing[0],
            claim.work_type == thing[1],
            claim.level == thing[2],
            claim.state.not_in(OVER),
        )
    )


def programmes_of_enrollment(session: Session, enrollment_id: int) -> list[int]:
    """Return the programmes for which a course somebody takes counts."""
    slug = session.scalar(
        select(Programme.slug)
        .join(Course, Course.programme_id == Programme.id)
        .join(Enrollment, Enrollment.course_id == Course.id)
        .where(Enrollment.id == enrollment_id)
    )
    if slug is None:
        return []
    drawing = [name for name, each in known_programmes().items() if slug in each.draws_on]
    rows = session.scalars(select(Programme.id).where(Programme.slug.in_([slug, *drawing])))
    return list(rows)


def left_to_learner(meter: Meter, *, has_number: bool) -> list[Row]:
    """Return what of the open conditions the learner can answer, and has to before handing in.

    Whoever does not know something is not kept; nor by what the office has to look at.
    """
    return [row for row in meter.checking if _is_left(row, has_number=has_number)]


def _is_left(row: Row, *, has_number: bool) -> bool:
    if row.result.code != "missing":
        return False
    if row.unanswered is not None:
        return row.unanswered.why is not Why.NOT_KNOWN
    if row.result.id == Kind.REALNAME:
        return not has_number
    return row.result.id in (Kind.CERT, Kind.CONSENT)
