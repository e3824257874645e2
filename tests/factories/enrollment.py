"""Makes learners' enrollments with as much history as a test wants."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import local_day
from lms.enrollment.domain import ClassState, EnrollmentStatus, SessionKind, SessionState
from lms.enrollment.models import ClassSession, Enrollment, TrainingClass
from lms.progress.models import ItemCompletion, MaterialProgress
from tests.factories.accounts import make_county, make_person
from tests.factories.catalog import MadeCourse, make_course

ENROLLED = datetime(2026, 5, 1, 2, tzinfo=UTC)
COMPLETED = datetime(2026, 5, 20, 2, tzinfo=UTC)
MEETING = datetime(2026, 11, 30, 0, tzinfo=UTC)
_numbers = count(1)


def make_enrollment(
    session: Session,
    *,
    course: MadeCourse | None = None,
    person: Person | None = None,
    credited: dict[str, int] | None = None,
    done: Iterable[str] = (),
    status: EnrollmentStatus = EnrollmentStatus.ACTIVE,
    **overrides: Any,
) -> Enrollment:
    """Make a learner's enrollment.

    ``credited`` maps items (``"A01/text"``) to verified milliseconds, ``done`` lists complete
    ones.
    """
    made = course or make_course(session)
    learner = person or make_person(session)
    values: dict[str, Any] = {
        "person_id": learner.id,
        "course_id": made.course.id,
        "revision_id": made.revision.id,
        "county_code": learner.county_code,
        "status": status,
        "enrolled_at": ENROLLED,
        "completed_at": COMPLETED if status is EnrollmentStatus.COMPLETED else None,
    }
    enrollment = Enrollment(**{**values, **overrides})
    session.add(enrollment)
    session.flush()
    _study(session, made, learner, credited or {})
    _finish(session, enrollment, done)
    session.flush()
    return enrollment


def _study(
    session: Session, made: MadeCourse, learner: Person, credited: Mapping[str, int]
) -> None:
    for name, milliseconds in credited.items():
        session.add(
            MaterialProgress(
                person_id=learner.id,
                material_id=made.materials[name].id,
                seen=[[0, milliseconds]],
                credited=[[0, milliseconds]],
                seen_ms=milliseconds,
                credited_ms=milliseconds,
            )
        )


def _finish(session: Session, enrollment: Enrollment, done: Iterable[str]) -> None:
    for name in done:
        lesson_key, item_key = name.split("/")
        session.add(
            ItemCompletion(
                enrollment_id=enrollment.id,
                lesson_key=lesson_key,
                item_key=item_key,
                completed_at=COMPLETED,
            )
        )


def make_class(session: Session, made: MadeCourse, **overrides: Any) -> TrainingClass:
    """Make an open class of the revision."""
    values: dict[str, Any] = {
        "course_id": made.course.id,
        "revision_id": made.revision.id,
        "county_code": make_county(session).code,
        "title": "秋季班",
        "state": ClassState.OPEN,
        "starts_on": date(2026, 9, 1),
        "created_at": ENROLLED,
    }
    row = TrainingClass(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row


def make_session(session: Session, training_class: TrainingClass, **overrides: Any) -> ClassSession:
    """Make a planned session in person of the class, from 08:00 to 10:00 in China."""
    starts_at = overrides.get("starts_at", MEETING)
    values: dict[str, Any] = {
        "training_class_id": training_class.id,
        "number": next(_numbers),
        "title": "田头试播",
        "kind": SessionKind.PRACTICE,
        "held_on": local_day(starts_at),
        "starts_at": starts_at,
        "ends_at": starts_at + timedelta(hours=2),
        "place": "村委会二楼",
        "state": SessionState.PLANNED,
        "required": True,
    }
    row = ClassSession(**{**values, **overrides})
    session.add(row)
    session.flush()
    return row
