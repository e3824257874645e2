"""Lets demo learners who study alone go to classes: by a link, or moved there by the office."""

from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.demo.domain import CARDED, phone_of
from lms.demo.service.county import County
from lms.enrollment import service as enrollment
from lms.enrollment.domain import LIVE, EnrollmentStatus
from lms.enrollment.models import Enrollment, TrainingClass
from lms.learning import service as learning


def move_in(county: County, row: TrainingClass, most: int, *, now: datetime) -> None:
    """Let the office give the first who take the course alone a seat of the class."""
    alone = (
        Enrollment.course_id == row.course_id,
        Enrollment.status == EnrollmentStatus.ACTIVE,
        Enrollment.training_class_id.is_(None),
        Enrollment.enrolled_at < now,
    )
    wanted = select(Enrollment.id).join(Person).where(*_of_demo(county), *alone)
    found = county.session.scalars(wanted.order_by(Person.phone).limit(most)).all()
    for enrollment_id in found:
        enrollment.transfer(
            county.session,
            actor=county.office,
            enrollment_id=enrollment_id,
            training_class_id=row.id,
            now=now,
        )


def join(county: County, row: TrainingClass, slug: str, *, now: datetime) -> None:
    """Let the next who completed another course follow the link of the class, if there is one."""
    other = aliased(Enrollment)
    takes_it = select(other.id).where(
        other.person_id == Person.id,
        other.course_id == row.course_id,
        other.status.in_(LIVE),
    )
    wanted = (
        select(Person)
        .join(Enrollment, Enrollment.person_id == Person.id)
        .where(*_of_demo(county), Enrollment.completed_at < now, ~takes_it.exists())
    )
    person = county.session.scalar(wanted.order_by(Person.phone).limit(1))
    if person is not None:
        actor = Actor(person.id, person.name, (), 0)
        learning.join_course(
            county.session, actor=actor, slug=slug, training_class_id=row.id, now=now
        )


def _of_demo(county: County) -> tuple[ColumnElement[bool], ...]:
    """Return that somebody is one of the first demo learners, of the county."""
    phones = [phone_of(number) for number in range(1, CARDED + 1)]
    return (Person.phone.in_(phones), Person.county_code == county.place.code)
