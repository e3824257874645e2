"""Lets people leave a class or go to another; what they studied and earned stays theirs."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.domain import Details
from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.enrollment import queries
from lms.enrollment.domain import SEATING, EnrollmentStatus, may_become
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.service.seats import put_in_class, require_seat, seat_waiting


def withdraw(session: Session, *, actor: Actor, course_id: int, now: datetime) -> None:
    """Let the actor leave a course; what was studied stays theirs, the seat goes to who waits.

    Raises ``Conflict`` where there is nothing to leave or the course is completed.
    """
    found = queries.live(session, person_id=actor.person_id, course_id=course_id)
    if found is None:
        raise _cannot_leave()
    _leave(session, found, EnrollmentStatus.WITHDRAWN, now)


def take_back(session: Session, *, enrollment_id: int, now: datetime) -> bool:
    """Cancel an enrollment whose ground is gone, and give the seat to who waits.

    What was studied stays written down. False, and nothing changes, where the course was completed
    or left before.
    """
    found = session.get_one(Enrollment, enrollment_id)
    try:
        _leave(session, found, EnrollmentStatus.CANCELLED, now)
    except Conflict:
        return False
    return True


def withdraw_learner(
    session: Session, *, actor: Actor, enrollment_id: int, reason: str, now: datetime
) -> None:
    """Take a learner out of a course for them; the caller looked whether that is the actor's.

    Raises ``Conflict`` as ``withdraw`` does.
    """
    found = session.get_one(Enrollment, enrollment_id)
    _leave(session, found, EnrollmentStatus.WITHDRAWN, now)
    _record(session, actor, "enrollment.withdrawn", found, {"reason": reason}, now)


def transfer(
    session: Session,
    *,
    actor: Actor,
    enrollment_id: int,
    training_class_id: int,
    now: datetime,
) -> None:
    """Give a learner a seat in another class of their course, and the old seat to who waits.

    Enrollment, hours and completed steps stay. Both classes are the actor's: the caller looked.
    Raises ``NotFound`` for a class of another course, ``Conflict`` for one that is full or takes
    nobody in, and where the learner completed or left the course.
    """
    known = session.get_one(Enrollment, enrollment_id)
    locked = queries.locked_classes(session, (known.training_class_id, training_class_id))
    found = session.get_one(Enrollment, enrollment_id, populate_existing=True, with_for_update=True)
    to = locked.get(training_class_id)
    if to is None or to.course_id != found.course_id:
        raise NotFound
    if found.status != EnrollmentStatus.ACTIVE or found.training_class_id == to.id:
        raise Conflict("cannot_transfer", "This person cannot go to that class.")
    if to.state not in SEATING:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    require_seat(session, to)
    change_seat(session, actor=actor, found=found, to=to, locked=locked, now=now)


def change_seat(
    session: Session,
    *,
    actor: Actor,
    found: Enrollment,
    to: TrainingClass,
    locked: Mapping[int, TrainingClass],
    now: datetime,
) -> None:
    """Move an active enrollment to a free seat of another class; both classes are locked.

    Raises ``Conflict`` where the learner went elsewhere before the locks were taken.
    """
    before = found.training_class_id
    if before is not None and before not in locked:
        raise changed_meanwhile()
    put_in_class(session, found, to, now=now)
    _record(session, actor, "enrollment.transferred", found, {"from": before, "to": to.id}, now)
    if before is not None:
        seat_waiting(session, locked[before], now=now)


def changed_meanwhile() -> Conflict:
    """Return the refusal of what rests on something that somebody changed at the same moment."""
    return Conflict(
        "changed_meanwhile", "Somebody changed this at the same moment. Please look again."
    )


def _leave(session: Session, found: Enrollment, to: EnrollmentStatus, now: datetime) -> None:
    training_class = _lock(session, found)
    session.refresh(found, with_for_update=True)
    if not may_become(EnrollmentStatus(found.status), to):
        raise _cannot_leave()
    found.status, found.ended_at = to, now
    session.flush()
    if training_class is not None:
        seat_waiting(session, training_class, now=now)


def _lock(session: Session, found: Enrollment) -> TrainingClass | None:
    if found.training_class_id is None:
        return None
    return queries.locked_class(session, found.training_class_id)


def _cannot_leave() -> Conflict:
    return Conflict("cannot_withdraw", "You cannot leave this course: it is completed or ended.")


def _record(
    session: Session,
    actor: Actor,
    action: str,
    found: Enrollment,
    details: Details,
    now: datetime,
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"enrollment:{found.id}",
        details=details,
        at=now,
    )
