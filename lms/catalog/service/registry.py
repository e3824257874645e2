"""Finds or makes what courses belong to: institutions, programmes and the course itself."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Institution, Programme
from lms.core.errors import NotFound

DEFAULT_INSTITUTION = "xiangbo"
# Where a fresh installation has no county yet.
_DEFAULT_COUNTY = {"code": "330822", "name_zh": "常山县", "name_en": "Changshan County"}
_DEFAULT_NAME = {"zh": "乡播学堂", "en": "Xiangbo School"}


@dataclass(frozen=True, slots=True)
class CourseFrame:
    """What a course folder says of the course itself; ``None`` leaves it as it is."""

    slug: str
    price_fen: int
    institution: str | None
    programme: str | None
    badge_months: int | None = None


def ensure_course(session: Session, *, frame: CourseFrame, at: datetime) -> Course:
    """Return the course, locked and as the frame says; made where there is none.

    Raises ``NotFound`` for an unknown institution.
    """
    course = session.scalar(select(Course).where(Course.slug == frame.slug).with_for_update())
    if course is None:
        institution = institution_for(session, frame.institution or DEFAULT_INSTITUTION)
        course = Course(slug=frame.slug, institution_id=institution.id, created_at=at)
        session.add(course)
    elif frame.institution:
        course.institution_id = institution_for(session, frame.institution).id
    programme = programme_for(session, frame.programme) if frame.programme else None
    course.programme_id = programme.id if programme else None
    course.price_fen = frame.price_fen
    course.badge_months = frame.badge_months
    session.flush()
    return course


def lock_course(session: Session, slug: str) -> None:
    """Let nobody open a draft of the course or load it until this transaction ends."""
    session.scalar(select(Course.id).where(Course.slug == slug).with_for_update())


def institution_for(session: Session, slug: str) -> Institution:
    """Return the institution; the default one is made in the first county where it is missing.

    Raises ``NotFound`` for any other unknown one.
    """
    institution = session.scalar(select(Institution).where(Institution.slug == slug))
    if institution is not None:
        return institution
    if slug != DEFAULT_INSTITUTION:
        raise NotFound(
            "institution_not_found", "There is no institution “%(slug)s” here yet.", slug=slug
        )
    county = _first_county(session)
    institution = Institution(slug=slug, name=dict(_DEFAULT_NAME), county_code=county.code)
    session.add(institution)
    session.flush()
    return institution


def _first_county(session: Session) -> County:
    county = session.scalar(select(County).order_by(County.code).limit(1))
    if county is None:
        county = County(**_DEFAULT_COUNTY)
        session.add(county)
        session.flush()
    return county


def programme_for(session: Session, slug: str) -> Programme:
    """Return a programme that is known without anyone entering it, made on first use."""
    programme = session.scalar(select(Programme).where(Programme.slug == slug))
    if programme is None:
        known = known_programmes()[slug]
        programme = Programme(
            slug=slug,
            title=dict(known.title),
            occupation_code=known.occupation_code,
            level=known.level,
            credit_hours=known.credit_hours,
        )
        session.add(programme)
        session.flush()
    return programme
