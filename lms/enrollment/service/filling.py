"""Gives everybody of a roster a seat of a class at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlalchemy import Table, insert, literal, select, update
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.errors import Conflict, Message
from lms.db.bus import emit
from lms.db.session import connection_of
from lms.enrollment import queries
from lms.enrollment.domain import SEATING, EnrollmentStatus, WaitState
from lms.enrollment.events import ClassFilled
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass

_AT_ONCE = 1_000


def refusal_of_class(
    session: Session, training_class: TrainingClass, *, needed: int, price_fen: int
) -> Message | None:
    """Return why a class cannot take so many in, ``None`` where it can."""
    if training_class.state not in SEATING:
        return Message("class_not_open", "This class takes nobody in at the moment.")
    if price_fen > 0:
        return Message("payment_required", "This course has to be paid for first.")
    if training_class.capacity is None:
        return None
    free = training_class.capacity - queries.taken_seats(session, training_class.id)
    if needed <= free:
        return None
    return Message(
        "class_seats",
        "The class has %(free)s seats left, the list needs %(needed)s.",
        {"free": max(free, 0), "needed": needed},
    )


def fill_class(
    session: Session,
    *,
    training_class: TrainingClass,
    people: Sequence[int],
    now: datetime,
) -> None:
    """Give people who do not take the course yet a seat; the class is locked.

    The caller looked whether there are enough; the database refuses one too many. Who waited for a
    seat waits no longer.
    """
    if not people:
        return
    if training_class.state not in SEATING:
        raise Conflict("class_not_open", "This class takes nobody in at the moment.")
    joined: list[tuple[int, int]] = []
    for first in range(0, len(people), _AT_ONCE):
        part = people[first : first + _AT_ONCE]
        joined += _sit_down(session, training_class, part, now)
        _settle(session, training_class.id, part, now)
    emit(session, ClassFilled(tuple(joined), training_class.revision_id, now))


def _sit_down(
    session: Session, training_class: TrainingClass, people: Sequence[int], now: datetime
) -> list[tuple[int, int]]:
    """Insert the enrollments; the database fills the rows in by itself."""
    table = cast(Table, Enrollment.__table__)
    said = {
        "course_id": training_class.course_id,
        "revision_id": training_class.revision_id,
        "training_class_id": training_class.id,
        "status": EnrollmentStatus.ACTIVE.value,
        "enrolled_at": now,
    }
    values = [literal(value, table.c[name].type) for name, value in said.items()]
    own = select(Person.id, Person.county_code, *values).where(Person.id.in_(people))
    made = insert(table).from_select(["person_id", "county_code", *said], own)
    rows = connection_of(session).execute(made.returning(table.c.id, table.c.person_id))
    return [(row[0], row[1]) for row in rows]


def _settle(session: Session, class_id: int, people: Sequence[int], now: datetime) -> None:
    session.execute(
        update(ClassWait)
        .where(
            ClassWait.training_class_id == class_id,
            ClassWait.state == WaitState.WAITING,
            ClassWait.person_id.in_(people),
        )
        .values(state=WaitState.SEATED, settled_at=now)
        .execution_options(synchronize_session=False)
    )
