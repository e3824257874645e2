"""Puts one person into a class by hand, where both are in the actor's reach."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.tree import revision_tree
from lms.core.access import Actor, Permission
from lms.enrollment import service as enrollments
from lms.staff import queries


def seat_person(
    session: Session, *, actor: Actor, training_class_id: int, person_id: int, now: datetime
) -> tuple[Person, enrollments.Given]:
    """Give a person a seat of a class, or a place in its line; return who and which.

    Raises ``NotFound`` where one of both is out of reach, and as ``give_seat`` does.
    """
    permission = Permission.ENROLLMENT_MOVE
    row = queries.class_in_reach(session, actor, training_class_id, permission)
    person = queries.person_in_reach(session, actor, permission, person_id)
    given = enrollments.give_seat(
        session,
        actor=actor,
        training_class=row,
        person=person,
        price_fen=revision_tree(session, row.revision_id).price_fen,
        now=now,
    )
    return person, given
