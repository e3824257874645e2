"""Reads classes under their lock, their seats and the line for them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session, aliased

from lms.catalog.models import Course
from lms.enrollment.domain import LIVE, WaitState
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass


@dataclass(frozen=True, slots=True)
class Waiting:
    """A learner's place in the line for a class, from 1."""

    training_class_id: int
    title: str
    slug: str
    starts_on: date
    place: int


def locked_class(session: Session, training_class_id: int) -> TrainingClass | None:
    """Lock and return a class: seats are given and taken under this lock alone."""
    return session.scalar(
        select(TrainingClass)
        .where(TrainingClass.id == training_class_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def locked_classes(session: Session, ids: Iterable[int | None]) -> dict[int, TrainingClass]:
    """Lock and return classes, in one order whichever way two people go at once."""
    wanted = sorted(each for each in set(ids) if each is not None)
    rows = [locked_class(session, each) for each in wanted]
    return {row.id: row for row in rows if row is not None}


def taken_seats(session: Session, training_class_id: int) -> int:
    """Return how many have a seat in the class."""
    return (
        session.scalar(
            select(func.count()).where(
                Enrollment.training_class_id == training_class_id, Enrollment.status.in_(LIVE)
            )
        )
        or 0
    )


def has_seat(session: Session, training_class: TrainingClass) -> bool:
    """Tell whether a class has a free seat; asked under its lock."""
    if training_class.capacity is None:
        return True
    return taken_seats(session, training_class.id) < training_class.capacity


def line(session: Session, training_class_id: int) -> Sequence[ClassWait]:
    """Return who waits for a seat, the first one first."""
    return session.scalars(
        select(ClassWait)
        .where(
            ClassWait.training_class_id == training_class_id, ClassWait.state == WaitState.WAITING
        )
        .order_by(ClassWait.id)
    ).all()


def costs_money(session: Session, course_id: int) -> bool:
    """Tell whether a course has to be paid for."""
    price = session.scalar(select(Course.price_fen).where(Course.id == course_id))
    return bool(price)


def own_wait(session: Session, *, person_id: int, training_class_id: int) -> ClassWait | None:
    """Return the person's place in the line of a class, where they wait."""
    return session.scalar(
        select(ClassWait).where(
            ClassWait.training_class_id == training_class_id,
            ClassWait.person_id == person_id,
            ClassWait.state == WaitState.WAITING,
        )
    )


def waitings(session: Session, person_id: int) -> list[Waiting]:
    """Return the person's places in the lines they wait in."""
    ahead = aliased(ClassWait)
    place = (
        select(func.count())
        .where(
            ahead.training_class_id == ClassWait.training_class_id,
            ahead.state == WaitState.WAITING,
            ahead.id <= ClassWait.id,
        )
        .correlate(ClassWait)
        .scalar_subquery()
    )
    rows = session.execute(
        select(TrainingClass.id, TrainingClass.title, Course.slug, TrainingClass.starts_on, place)
        .join(ClassWait, ClassWait.training_class_id == TrainingClass.id)
        .join(Course, Course.id == TrainingClass.course_id)
        .where(ClassWait.person_id == person_id, ClassWait.state == WaitState.WAITING)
        .order_by(ClassWait.id)
    )
    return [Waiting(*row) for row in rows]


def members_of(session: Session, training_class_id: int) -> Sequence[int]:
    """Return who takes the course in the class now."""
    return session.scalars(
        select(Enrollment.person_id).where(
            Enrollment.training_class_id == training_class_id, Enrollment.status.in_(LIVE)
        )
    ).all()
