"""Opens classes: dated runs of a course, pinned to the version published when they were made."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.catalog.outline import CourseView
from lms.core.access import Actor
from lms.core.errors import InvalidInput, Message
from lms.enrollment.domain import ClassState
from lms.enrollment.models import TrainingClass


@dataclass(frozen=True, slots=True)
class NewClass:
    """What an administrator types to open a class."""

    title: str
    county_code: str
    starts_on: date
    ends_on: date | None


def open_class(
    session: Session, *, actor: Actor, course: CourseView, new: NewClass, now: datetime
) -> TrainingClass:
    """Open a class of the course's published version.

    The caller looked whether the county and the course are the actor's. Raises ``InvalidInput``
    for one that ends before it begins.
    """
    if new.ends_on is not None and new.ends_on < new.starts_on:
        fault = Message("class_dates", "A class cannot end before it begins.")
        raise InvalidInput({"ends_on": fault})
    made = TrainingClass(
        course_id=course.course_id,
        revision_id=course.revision_id,
        county_code=new.county_code,
        title=new.title,
        state=ClassState.OPEN,
        starts_on=new.starts_on,
        ends_on=new.ends_on,
        created_at=now,
    )
    session.add(made)
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="class.opened",
        subject=f"class:{made.id}",
        details={"course": course.slug, "revision": course.number, "county": new.county_code},
        at=now,
    )
    return made
