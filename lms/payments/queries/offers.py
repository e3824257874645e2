"""Reads what a course costs somebody now."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.models import Course, Revision, RevisionState
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment.domain import ClassState
from lms.enrollment.models import TrainingClass
from lms.payments.models import CountyShare


@dataclass(frozen=True, slots=True)
class Offered:
    """A course somebody can order, at what it costs now, and the class they want a seat in.

    ``county_code`` is the person's, ``share_fen`` what that county pays of the price by itself.
    """

    course_id: int
    slug: str
    title: Localized
    price_fen: int
    training_class_id: int | None
    class_title: str | None
    programme_id: int | None
    county_code: str
    share_fen: int


def offered(
    session: Session, *, person_id: int, slug: str, training_class_id: int | None, day: date
) -> Offered:
    """Return what the person can order at an address, at its price on a local day.

    Raises ``NotFound`` for a course that is not published or a class of it that is not open.
    """
    row = session.execute(
        select(
            *(Course.id, Course.price_fen, Course.programme_id, Revision.title),
            *(Person.county_code, CountyShare.share_fen),
        )
        .join(Revision, Revision.course_id == Course.id)
        .join(Person, Person.id == person_id)
        .outerjoin(
            CountyShare,
            and_(CountyShare.course_id == Course.id, _pays_for(day)),
        )
        .where(Course.slug == slug, Revision.state == RevisionState.PUBLISHED)
    ).one_or_none()
    if row is None:
        raise NotFound
    return Offered(
        course_id=row.id,
        slug=slug,
        title=row.title,
        price_fen=row.price_fen,
        training_class_id=training_class_id,
        class_title=_open_class(session, row.id, training_class_id),
        programme_id=row.programme_id,
        county_code=row.county_code,
        share_fen=row.share_fen or 0,
    )


def share_of(session: Session, *, person_id: int, course_id: int, day: date) -> int:
    """Return how many fen of a course's price the person's county pays on a local day."""
    found = session.scalar(
        select(CountyShare.share_fen)
        .join(Person, Person.id == person_id)
        .where(CountyShare.course_id == course_id, _pays_for(day))
    )
    return found or 0


def _pays_for(day: date) -> ColumnElement[bool]:
    """Return the condition that a share is of the person's county and holds on the day."""
    return and_(
        CountyShare.county_code == Person.county_code,
        CountyShare.ended_at.is_(None),
        CountyShare.first_day <= day,
        CountyShare.last_day >= day,
    )


def _open_class(session: Session, course_id: int, training_class_id: int | None) -> str | None:
    if training_class_id is None:
        return None
    title = session.scalar(
        select(TrainingClass.title).where(
            TrainingClass.id == training_class_id,
            TrainingClass.course_id == course_id,
            TrainingClass.state == ClassState.OPEN,
        )
    )
    if title is None:
        raise NotFound
    return title
