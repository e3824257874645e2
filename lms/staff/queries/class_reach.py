"""Which classes, sessions and members an actor reaches, and what they may do with one class."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Label, select
from sqlalchemy.orm import Session

from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.models import ClassSession, Enrollment, TrainingClass

_POWERS = {
    "may_open": Permission.CLASS_OPEN,
    "may_run": Permission.CLASS_RUN,
    "may_move": Permission.ENROLLMENT_MOVE,
    "may_grant": Permission.ROLES_GRANT,
    "may_take_in": Permission.PEOPLE_EDIT,
}


@dataclass(frozen=True, slots=True)
class ClassPowers:
    """What the reader of a class may do with it, by the scopes of their roles."""

    may_open: bool
    may_run: bool
    may_move: bool
    may_grant: bool
    may_take_in: bool


def class_to_read(
    session: Session, actor: Actor, training_class_id: int
) -> tuple[TrainingClass, ClassPowers]:
    """Return a class the actor may read, and what they may do with it. Raises ``NotFound``."""
    row = session.execute(
        select(TrainingClass, *_powers(actor)).where(
            TrainingClass.id == training_class_id,
            enrollments.class_in_scope(actor.scopes_for(Permission.CLASS_READ)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], ClassPowers(*map(bool, row[1:]))


def session_to_read(
    session: Session, actor: Actor, class_session_id: int, permission: Permission
) -> tuple[ClassSession, TrainingClass, ClassPowers]:
    """Return a session and its class as above, by a permission. Raises ``NotFound``."""
    row = session.execute(
        select(ClassSession, TrainingClass, *_powers(actor))
        .join(TrainingClass, TrainingClass.id == ClassSession.training_class_id)
        .where(
            ClassSession.id == class_session_id,
            enrollments.class_in_scope(actor.scopes_for(permission)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    return row[0], row[1], ClassPowers(*map(bool, row[2:]))


def _powers(actor: Actor) -> list[Label[Any]]:
    return [
        enrollments.class_in_scope(actor.scopes_for(permission)).label(name)
        for name, permission in _POWERS.items()
    ]


def class_in_reach(
    session: Session, actor: Actor, training_class_id: int, permission: Permission
) -> TrainingClass:
    """Return a class the actor may see by a permission. Raises ``NotFound``."""
    found = session.scalar(
        select(TrainingClass).where(
            TrainingClass.id == training_class_id,
            enrollments.class_in_scope(actor.scopes_for(permission)),
        )
    )
    if found is None:
        raise NotFound
    return found


def locked_class(
    session: Session, actor: Actor, training_class_id: int, permission: Permission
) -> TrainingClass:
    """Return a class in the actor's reach under its lock. Raises ``NotFound``."""
    class_in_reach(session, actor, training_class_id, permission)
    locked = enrollments.locked_class(session, training_class_id)
    if locked is None:
        raise NotFound
    return locked


def session_in_reach(
    session: Session, actor: Actor, class_session_id: int, permission: Permission
) -> ClassSession:
    """Return a session of a class in the actor's reach. Raises ``NotFound``."""
    return session_to_read(session, actor, class_session_id, permission)[0]


def member_in_reach(
    session: Session, actor: Actor, training_class_id: int, enrollment_id: int
) -> tuple[TrainingClass, Enrollment]:
    """Return a class whose people the actor may move, with an enrollment. Raises ``NotFound``."""
    row = class_in_reach(session, actor, training_class_id, Permission.ENROLLMENT_MOVE)
    found = session.get(Enrollment, enrollment_id)
    if found is None or found.training_class_id != training_class_id:
        raise NotFound
    return row, found
