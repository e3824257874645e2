"""Gives one person a seat of a class by the hand of staff, or a place in the line for one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import Person, PersonState
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, NotFound
from lms.db.session import savepoint
from lms.enrollment import queries
from lms.enrollment.domain import SEATING, EnrollmentStatus, WaitState
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.service.leaving import change_seat, changed_meanwhile
from lms.enrollment.service.seats import settle, sit_down, stand_in_line, tell


class Given(StrEnum):
    """What somebody got."""

    SEATED = "seated"
    WAITING = "waiting"
    THERE_ALREADY = "there_already"


def give_seat(
    session: Session,
    *,
    actor: Actor,
    training_class: TrainingClass,
    person: Person,
    price_fen: int,
    now: datetime,
) -> Given:
    """Give a person a seat, from wherever they stand with the course; in a full class, the line.

    Hours and completed steps stay. The caller looked whether class and person are the actor's.
    Raises ``Conflict`` for a class that takes nobody in, a course that has to be paid for, a
    person who completed it or sits in a class that is not the actor's, or whose account is locked;
    ``Forbidden`` for oneself.
    """
    if person.id == actor.person_id:
        raise Forbidden("desk_of_oneself", "Please ask a colleague to do this for you.")
    who = {"person_id": person.id, "course_id": training_class.course_id}
    known = queries.live(session, **who)
    before = known.training_class_id if known else None
    locked = queries.locked_classes(session, (before, training_class.id))
    to, own = locked.get(training_class.id), queries.locked_live(session, **who)
    if to is None:
        raise NotFound
    if own is not None and own.training_class_id == to.id:
        return Given.THERE_ALREADY
    _look(session, actor, to, person, own)
    if own is None and price_fen > 0:
        raise Conflict("payment_required", "This course has to be paid for first.")
    if not queries.has_seat(session, to):
        return _into_line(session, actor, to, person, own, now)
    if own is not None and own.training_class_id is not None:
        change_seat(session, actor=actor, found=own, to=to, locked=locked, now=now)
    else:
        _seat(session, actor, to, person, own, now)
    _wait_no_longer(session, to, person, now)
    tell(session, to, person.id, "seat_given")
    return Given.SEATED


def _look(
    session: Session, actor: Actor, to: TrainingClass, person: Person, own: Enrollment | None
) -> None:
    """Refuse whom no seat of the class may be given to."""
    if to.state not in SEATING:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    if person.state != PersonState.ACTIVE:
        raise Conflict("account_not_active", "This account is locked or closed.")
    if own is None:
        return
    if own.status != EnrollmentStatus.ACTIVE:
        raise Conflict("completed_already", "This person has completed the course.")
    scopes = actor.scopes_for(Permission.ENROLLMENT_MOVE)
    sits_in = own.training_class_id
    if sits_in is not None and not queries.is_class_in_scope(session, sits_in, scopes):
        raise Conflict(
            "class_of_others", "They are in a class that others run. Those have to move them."
        )


def _into_line(
    session: Session,
    actor: Actor,
    to: TrainingClass,
    person: Person,
    own: Enrollment | None,
    now: datetime,
) -> Given:
    if own is not None and own.training_class_id is not None:
        raise Conflict(
            "class_full_for_members", "This class is full. They keep their seat in the other class."
        )
    if queries.own_wait(session, person_id=person.id, training_class_id=to.id) is None:
        stand_in_line(session, to, person.id, now)
        _record(session, actor, "class.put_in_line", to, person, now)
        tell(session, to, person.id, "seat_line")
    return Given.WAITING


def _seat(
    session: Session,
    actor: Actor,
    to: TrainingClass,
    person: Person,
    own: Enrollment | None,
    now: datetime,
) -> None:
    try:
        with savepoint(session):
            sit_down(session, to, person.id, own, now)
    except IntegrityError as error:
        # They joined by themselves, without this class; its lock does not hold that off.
        raise changed_meanwhile() from error
    _record(session, actor, "class.seat_given", to, person, now)


def _wait_no_longer(session: Session, to: TrainingClass, person: Person, now: datetime) -> None:
    waited = queries.own_wait(session, person_id=person.id, training_class_id=to.id)
    if waited is not None:
        settle(waited, WaitState.SEATED, now)
        session.flush()


def _record(
    session: Session, actor: Actor, action: str, to: TrainingClass, person: Person, now: datetime
) -> None:
    record(
        session,
        actor_id=actor.person_id,
        action=action,
        subject=f"person:{person.id}",
        details={"class": to.id},
        at=now,
    )
