"""Reads what a course costs somebody now."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, select
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
            and_(
                CountyShare.county_code == Person.county_code,
                CountyShare.course_id == Course.id,
                CountyShare.ended_at.is_(None),
                CountyShare.first_day <= day,
                CountyShare.last_day >= day,
            ),
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
