"""Reads who takes which course."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment


def live(session: Session, *, person_id: int, course_id: int) -> Enrollment | None:
    """Return the person's active or completed enrollment in the course."""
    return session.scalar(
        select(Enrollment).where(
            Enrollment.person_id == person_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_(LIVE),
        )
    )


def live_of_person(session: Session, person_id: int) -> list[Enrollment]:
    """Return the person's active and completed enrollments, newest first."""
    return list(
        session.scalars(
            select(Enrollment)
            .where(Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
            .order_by(Enrollment.id.desc())
        )
    )
