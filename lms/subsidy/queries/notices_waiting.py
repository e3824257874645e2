"""Reads the claims that wait for a public list, with all a list may tell of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Identity, Person
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Programme
from lms.db.among import among
from lms.enrollment.models import Enrollment, TrainingClass
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.domain.notice_rows import Listed, Words
from lms.subsidy.models import EligibilityDecision, SubsidyClaim


@dataclass(frozen=True, slots=True)
class _Study:
    """A course somebody takes or took, as far as a list tells of it."""

    slug: str
    institution: Words
    class_title: str | None


def waiting_counts(session: Session, codes: Collection[str]) -> Mapping[str, tuple[int, int]]:
    """Return by county how many claims wait for a list, and their sum in fen."""
    rows = session.execute(
        select(SubsidyClaim.county_code, func.count(), func.sum(SubsidyClaim.amount_fen))
        .where(_waits(), SubsidyClaim.county_code.in_(list(codes)))
        .group_by(SubsidyClaim.county_code)
    )
    return {row[0]: (row[1], int(row[2])) for row in rows}


def waiting_ids(session: Session, county_code: str, *, limit: int) -> list[int]:
    """Return the claims of a county that wait for a list, in the order of their numbers."""
    own = select(SubsidyClaim.id).where(_waits(), SubsidyClaim.county_code == county_code)
    return list(session.scalars(own.order_by(SubsidyClaim.number).limit(limit)))


def listed(session: Session, claim_ids: Collection[int]) -> Sequence[Listed]:
    """Return what a list may tell of claims that wait for one, in the order of their numbers.

    Claims that do not wait any more, and people whose number nobody knows, are left out.
    """
    claim = SubsidyClaim
    rows = session.execute(
        select(
            *(claim.id, claim.number, claim.person_id, Person.name, Identity.mask),
            *(
                County.code,
                County.name_zh,
                County.name_en,
                claim.town,
                claim.work_type,
                claim.level,
            ),
            *(claim.amount_fen, Programme.title, Programme.slug),
            EligibilityDecision.facts["learner"]["groups"].label("groups"),
            EligibilityDecision.facts["training"].label("training"),
        )
        .join(Person, Person.id == claim.person_id)
        .join(Identity, Identity.person_id == claim.person_id)
        .join(County, County.code == claim.county_code)
        .join(Programme, Programme.id == claim.programme_id)
        .outerjoin(EligibilityDecision, EligibilityDecision.id == claim.decision_id)
        .where(_waits(), among(claim.id, "claims"))
        .order_by(claim.number),
        {"claims": list(claim_ids)},
    ).all()
    studies = _studies(session, {row.person_id for row in rows})
    return [_listed(row, studies.get(row.person_id, ())) for row in rows]


def numbers_of(session: Session, county_code: str, claim_ids: Collection[int]) -> Sequence[str]:
    """Return the numbers of claims of a county, in their order; others' are left out."""
    claim = SubsidyClaim
    own = select(claim.number).where(among(claim.id, "claims"), claim.county_code == county_code)
    found = session.scalars(own.order_by(claim.number), {"claims": list(claim_ids)})
    return [each for each in found if each]


def _waits() -> ColumnElement[bool]:
    claim = SubsidyClaim
    return (claim.state == ClaimState.IN_REVIEW) & claim.second_by_id.is_not(None)


def _studies(session: Session, people: Collection[int]) -> Mapping[int, Sequence[_Study]]:
    """Return what people study, what was completed first."""
    rows = session.execute(
        select(Enrollment.person_id, Programme.slug, Institution.name, TrainingClass.title)
        .join(Course, Course.id == Enrollment.course_id)
        .join(Programme, Programme.id == Course.programme_id)
        .join(Institution, Institution.id == Course.institution_id)
        .outerjoin(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
        .where(among(Enrollment.person_id, "people"))
        .order_by(Enrollment.completed_at.is_(None), Enrollment.completed_at, Enrollment.id),
        {"people": sorted(people)},
    )
    found: dict[int, list[_Study]] = {}
    for person_id, slug, institution, title in rows:
        found.setdefault(person_id, []).append(_Study(slug, institution, title))
    return found


def _listed(row: Any, studies: Sequence[_Study]) -> Listed:  # noqa: ANN401 (a row of the above)
    known = known_programmes().get(row.slug)
    counted = {row.slug, *(known.draws_on if known else ())}
    own = next((each for each in studies if each.slug in counted), None)
    training = row.training or {}
    return Listed(
        claim_id=row.id,
        claim_number=row.number,
        person_id=row.person_id,
        name=row.name,
        number_mask=row.mask,
        groups=[each for each in row.groups or () if each],
        county_code=row.code,
        county={"zh": row.name_zh, "en": row.name_en},
        town=row.town,
        class_title=own.class_title if own else None,
        institution=own.institution if own else {"zh": ""},
        programme=row.title,
        work_type=row.work_type,
        level=row.level,
        first_day=_day(training.get("start")),
        last_day=_day(training.get("end")),
        amount_fen=row.amount_fen,
    )


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None
