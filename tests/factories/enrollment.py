"""Makes people with roles and learners' enrollments with as much history as a test wants."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.models import Person, RoleGrant, SignIn
from lms.assessment.models import Attempt
from lms.core.access import Grant, Role, Scope, ScopeKind
from lms.core.ids import digest, new_token
from lms.db.session import now
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.progress.models import ItemCompletion, MaterialProgress
from tests.factories import accounts
from tests.factories.catalog import MadeCourse, make_course

ENROLLED = datetime(2026, 5, 1, 2, tzinfo=UTC)
COMPLETED = datetime(2026, 5, 20, 2, tzinfo=UTC)
_numbers = count(1)


def make_person(session: Session, **overrides: Any) -> Person:
    """Make a learner who lives in a town of the default county."""
    own = {"phone": f"137{next(_numbers):08d}", "town": "白石镇", "created_at": ENROLLED}
    return accounts.make_person(session, **{**own, **overrides})


@dataclass(frozen=True, slots=True)
class Staff:
    """A person with a role and a signed-in browser; ``token`` goes into the cookie."""

    person: Person
    grant: Grant
    sign_in: SignIn
    token: str


def make_staff(
    session: Session,
    role: Role = Role.ADMINISTRATOR,
    *,
    scope: Scope | None = None,
    confirmed: timedelta | None = timedelta(0),
    **overrides: Any,
) -> Staff:
    """Make someone with a role, signed in; ``confirmed`` is how long ago they proved it."""
    at, token = now(session), new_token()
    person = make_person(session, **{"name": "周敏", **overrides})
    held = scope or Scope(ScopeKind.COUNTY, person.county_code)
    session.add(
        RoleGrant(
            person_id=person.id,
            role=role,
            scope_kind=held.kind,
            scope_id=held.id,
            granted_at=at,
        )
    )
    sign_in = SignIn(
        token_hash=digest(token),
        person_id=person.id,
        device="Windows",
        device_hash=digest("Windows"),
        created_at=at,
        last_seen_at=at,
        expires_at=at + timedelta(hours=12),
        confirmed_at=at - confirmed if confirmed is not None else None,
    )
    session.add(sign_in)
    session.flush()
    return Staff(person, Grant(role, held), sign_in, token)


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


def make_attempt(
    session: Session, enrollment: Enrollment, course: MadeCourse, name: str, **overrides: Any
) -> Attempt:
    """Make a graded attempt at a quiz item, without its questions."""
    item = course.items[name]
    values: dict[str, Any] = {
        "quiz_id": item.quiz_id,
        "item_id": item.id,
        "enrollment_id": enrollment.id,
        "person_id": enrollment.person_id,
        "number": 1,
        "state": "submitted",
        "seed": 1,
        "started_at": COMPLETED - timedelta(minutes=10),
        "submitted_at": COMPLETED,
        "points": 8,
        "max_points": 10,
        "percent": 80,
        "passed": True,
    }
    attempt = Attempt(**{**values, **overrides})
    session.add(attempt)
    session.flush()
    return attempt
