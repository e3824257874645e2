"""Enrolls learners, in a class or without one, and records completion."""

from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.outline import CourseView
from lms.core.access import Actor
from lms.core.errors import PaymentRequired
from lms.db.bus import emit
from lms.db.session import savepoint
from lms.enrollment import queries
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.events import CourseCompleted, Enrolled
from lms.enrollment.models import Enrollment


def enroll(
    session: Session,
    *,
    actor: Actor,
    course: CourseView,
    training_class_id: int | None = None,
    now: datetime,
) -> int:
    """Enroll the actor in a free course and return the enrollment's id.

    ``course`` is the revision it is pinned to: the class's, else the published one. A second tap
    finds the first enrollment, whatever its class. Raises ``PaymentRequired`` where the course
    costs money.
    """
    found = queries.live(session, person_id=actor.person_id, course_id=course.course_id)
    if found is not None:
        return found.id
    if queries.costs_money(session, course.course_id):
        raise PaymentRequired("payment_required", "This course has to be paid for first.")
    return take_in(
        session,
        person_id=actor.person_id,
        course=course,
        training_class_id=training_class_id,
        now=now,
    )


def take_in(
    session: Session,
    *,
    person_id: int,
    course: CourseView,
    training_class_id: int | None,
    now: datetime,
) -> int:
    """Enroll a person whatever the course costs and return the enrollment's id.

    That the course was paid is the caller's to see to, and the database looks too. A class is
    locked and has a seat. Whoever is enrolled already stays where they are.
    """
    try:
        with savepoint(session):
            enrollment_id = _insert(session, person_id, course, training_class_id, now)
    except IntegrityError:
        # Another tap was faster; the partial unique index kept a second row out.
        session.expire_all()
        other = queries.live(session, person_id=person_id, course_id=course.course_id)
        if other is None:
            raise
        return other.id
    emit(session, Enrolled(enrollment_id, person_id, course.revision_id, now))
    return enrollment_id


def _insert(
    session: Session,
    person_id: int,
    course: CourseView,
    training_class_id: int | None,
    now: datetime,
) -> int:
    county = select(Person.county_code).where(Person.id == person_id).scalar_subquery()
    return session.execute(
        insert(Enrollment)
        .values(
            person_id=person_id,
            course_id=course.course_id,
            revision_id=course.revision_id,
            training_class_id=training_class_id,
            county_code=county,
            status=EnrollmentStatus.ACTIVE,
            enrolled_at=now,
        )
        .returning(Enrollment.id)
    ).scalar_one()


def complete(session: Session, *, enrollment_id: int, now: datetime) -> bool:
    """Record that the course is completed, once; true where this call did it."""
    row = session.execute(
        update(Enrollment)
        .where(Enrollment.id == enrollment_id, Enrollment.status == EnrollmentStatus.ACTIVE)
        .values(status=EnrollmentStatus.COMPLETED, completed_at=now)
        .returning(Enrollment.person_id, Enrollment.course_id)
    ).one_or_none()
    if row is None:
        return False
    emit(session, CourseCompleted(enrollment_id, row.person_id, row.course_id, now))
    return True
