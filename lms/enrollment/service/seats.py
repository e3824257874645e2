"""Gives seats of a class: to who joins, and in their order to those who wait for one."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.access import Actor
from lms.core.errors import Conflict, PaymentRequired
from lms.db.bus import emit
from lms.enrollment import queries
from lms.enrollment.domain import SEATING, ClassState, EnrollmentStatus, WaitState
from lms.enrollment.events import Enrolled, Moved, Seated
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.notify.service import send_sms


def require_seat(session: Session, training_class: TrainingClass) -> None:
    """Raise ``Conflict`` where a class has no free seat; the class is locked."""
    if not queries.has_seat(session, training_class):
        raise Conflict("class_full", "This class is full. You can wait for a seat.")


def wait(
    session: Session,
    *,
    actor: Actor,
    training_class: TrainingClass,
    price_fen: int,
    now: datetime,
) -> ClassWait:
    """Put the actor in the line of a full class; who waits already keeps their place.

    The class is locked. Raises ``Conflict`` where it takes nobody in, has a seat, or the actor
    is in a class of this course, ``PaymentRequired`` where the course costs money.
    """
    found = queries.own_wait(
        session, person_id=actor.person_id, training_class_id=training_class.id
    )
    if found is not None:
        return found
    if training_class.state != ClassState.OPEN:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    if price_fen > 0:
        raise PaymentRequired("payment_required", "This course has to be paid for first.")
    own = queries.live(session, person_id=actor.person_id, course_id=training_class.course_id)
    if own is not None and not _may_be_seated(own):
        raise Conflict("in_a_class", "You take this course in a class already.")
    if queries.has_seat(session, training_class):
        raise Conflict("seat_free", "There is a free seat. Please join at once.")
    return stand_in_line(session, training_class, actor.person_id, now)


def stand_in_line(
    session: Session, training_class: TrainingClass, person_id: int, now: datetime
) -> ClassWait:
    """Put a person at the end of the line of a class, which is locked."""
    row = ClassWait(
        training_class_id=training_class.id,
        person_id=person_id,
        asked_at=now,
        state=WaitState.WAITING,
    )
    session.add(row)
    session.flush()
    return row


def put_in_line(
    session: Session, training_class: TrainingClass, *, person_id: int, now: datetime
) -> None:
    """Put a person in the line of a full class, which is locked, and tell them.

    Whoever waits already keeps their place.
    """
    who = {"person_id": person_id, "training_class_id": training_class.id}
    if queries.own_wait(session, **who) is None:
        stand_in_line(session, training_class, person_id, now)
        tell(session, training_class, person_id, "seat_line")


def leave_line(session: Session, *, actor: Actor, training_class_id: int, now: datetime) -> None:
    """Let the actor wait no longer. Raises ``Conflict`` where they do not wait."""
    queries.locked_class(session, training_class_id)
    found = queries.own_wait(
        session, person_id=actor.person_id, training_class_id=training_class_id
    )
    if found is None:
        raise Conflict("not_waiting", "You do not wait for a seat of this class.")
    settle(found, WaitState.LEFT, now)
    session.flush()


def seat_waiting(session: Session, training_class: TrainingClass, *, now: datetime) -> int:
    """Give each free seat to the first who waits and tell them; return how many got one.

    The class is locked. Who takes the course in another class by now or has completed it
    leaves the line.
    """
    if training_class.state not in SEATING:
        return 0
    seated = 0
    for each in queries.line(session, training_class.id):
        if not queries.has_seat(session, training_class):
            break
        own = queries.live(session, person_id=each.person_id, course_id=training_class.course_id)
        if own is not None and not _may_be_seated(own):
            settle(each, WaitState.LEFT, now)
            continue
        if own is None and queries.costs_money(session, training_class.course_id):
            # It did not when they asked for a seat: they keep their place until they paid.
            continue
        sit_down(session, training_class, each.person_id, own, now)
        settle(each, WaitState.SEATED, now)
        session.flush()
        tell(session, training_class, each.person_id, "seat_free")
        seated += 1
    session.flush()
    return seated


def close_line(session: Session, training_class_id: int, *, now: datetime) -> None:
    """Send those home who still wait for a class that is over."""
    for each in queries.line(session, training_class_id):
        settle(each, WaitState.LEFT, now)
    session.flush()


def _may_be_seated(own: Enrollment) -> bool:
    """Tell whether somebody who takes the course may still get a seat: without a class, active."""
    return own.training_class_id is None and own.status == EnrollmentStatus.ACTIVE


def sit_down(
    session: Session,
    training_class: TrainingClass,
    person_id: int,
    own: Enrollment | None,
    now: datetime,
) -> None:
    """Give a person a seat: enroll them, or put the active enrollment they have into the class."""
    revision_id = training_class.revision_id
    if own is None:
        person = session.get_one(Person, person_id)
        own = Enrollment(
            person_id=person_id,
            course_id=training_class.course_id,
            revision_id=revision_id,
            training_class_id=training_class.id,
            county_code=person.county_code,
            status=EnrollmentStatus.ACTIVE,
            enrolled_at=now,
        )
        session.add(own)
        session.flush()
        emit(session, Enrolled(own.id, person_id, revision_id, now))
        return
    put_in_class(session, own, training_class, now=now)


def put_in_class(
    session: Session, own: Enrollment, training_class: TrainingClass, *, now: datetime
) -> None:
    """Give an active enrollment a seat of the class, and the class's version of the course."""
    has_moved = own.revision_id != training_class.revision_id
    own.training_class_id = training_class.id
    if has_moved:
        own.revision_id, own.moved_at = training_class.revision_id, now
    session.flush()
    if has_moved:
        emit(session, Moved(own.id, own.person_id, own.revision_id, now))
    emit(session, Seated(own.id, own.person_id, now))


def settle(row: ClassWait, state: WaitState, now: datetime) -> None:
    """Say what became of a place in the line."""
    row.state, row.settled_at = state, now


def tell(session: Session, training_class: TrainingClass, person_id: int, template: str) -> None:
    """Text somebody how they stand with a class, in the words of the template."""
    person = session.get_one(Person, person_id)
    if person.phone is None:
        return
    first = training_class.starts_on
    send_sms(
        session,
        phone=person.phone,
        template=template,
        params={"title": training_class.title, "month": first.month, "day": first.day},
        locale=person.locale,
    )
