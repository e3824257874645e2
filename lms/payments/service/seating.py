"""Gives the seat an order paid for, and takes it back where all of the money went back."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.catalog.tree import revision_tree
from lms.db.bus import emit
from lms.enrollment import queries as enrollments
from lms.enrollment import service as enrollment
from lms.enrollment.domain import SEATING
from lms.enrollment.models import TrainingClass
from lms.payments.events import SeatChanged
from lms.payments.models import CourseOrder
from lms.payments.service.redeeming import give_codes_back, take_codes_again


def give_seat(session: Session, order: CourseOrder, *, now: datetime) -> bool:
    """Enroll whoever the order is for; the order is locked and its money came in.

    A class that filled up meanwhile puts them in its line; they can study the course already.
    False where they take the course on another order, or nothing of it is published any more: the
    money waits for the office then.
    """
    who = {"person_id": order.person_id, "course_id": order.course_id}
    if enrollments.live(session, **who) is not None:
        return False
    wanted = _class_of(session, order)
    seat = wanted if wanted is not None and enrollments.has_seat(session, wanted) else None
    revision_id = seat.revision_id if seat else _published(session, order.course_id)
    if revision_id is None:
        return False
    order.enrollment_id = enrollment.take_in(
        session,
        person_id=order.person_id,
        course=revision_tree(session, revision_id),
        training_class_id=seat.id if seat else None,
        now=now,
    )
    session.flush()
    if wanted is not None and seat is None:
        enrollment.put_in_line(session, wanted, person_id=order.person_id, now=now)
    return True


def end_seat(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """End the seat of an order whose money went back; what was studied stays written down."""
    order.seat_ended_at = now
    session.flush()
    give_codes_back(session, order, now=now)
    if order.enrollment_id is None:
        return
    enrollment.take_back(session, enrollment_id=order.enrollment_id, now=now)
    emit(session, SeatChanged(order.enrollment_id, order.person_id, is_lost=True, at=now))


def give_seat_again(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Give the seat back that ended for a refund that did not arrive; a completed one stands."""
    order.seat_ended_at = None
    session.flush()
    take_codes_again(session, order)
    give_seat(session, order, now=now)
    if order.enrollment_id is not None:
        emit(session, SeatChanged(order.enrollment_id, order.person_id, is_lost=False, at=now))


def _class_of(session: Session, order: CourseOrder) -> TrainingClass | None:
    if order.training_class_id is None:
        return None
    found = enrollments.locked_class(session, order.training_class_id)
    return found if found is not None and found.state in SEATING else None


def _published(session: Session, course_id: int) -> int | None:
    found = enrollments.published(session, course_id)
    return found.id if found else None
