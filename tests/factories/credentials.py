"""Makes learners who completed a course, and their badges, signed by the site's own jobs."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.credentials import tasks
from lms.credentials.models import Credential
from lms.credentials.service import issuing
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import MadeCourse, lesson, make_course, make_programme, quiz, reading
from tests.factories.enrollment import COMPLETED, make_enrollment

MINUTE = 60_000
HOLDER = "林秀芳"


@dataclass(frozen=True, slots=True)
class Graduate:
    """Somebody who completed a course with a final test."""

    person: Person
    course: MadeCourse
    enrollment: Enrollment


def make_graduate(
    session: Session, *, person: Person | None = None, course: MadeCourse | None = None
) -> Graduate:
    """Make a learner who completed a course of the programme anchor-l5 with 80 per cent."""
    made = course or make_badge_course(session)
    learner = person or make_person(session, name=HOLDER)
    enrollment = make_enrollment(
        session,
        course=made,
        person=learner,
        status=EnrollmentStatus.COMPLETED,
        credited={"A01/text": 94 * MINUTE},
        done=["A01/text", "FINAL/final"],
    )
    make_graded_attempt(session, enrollment, made, "FINAL/final", percent=80)
    return Graduate(learner, made, enrollment)


def make_badge_course(session: Session, **overrides: Any) -> MadeCourse:
    """Make a course with a lesson of 100 minutes and a final test, for the level-5 programme."""
    final = make_quiz(session)
    programme = make_programme(session, slug=overrides.pop("programme", "anchor-l5"))
    return make_course(
        session,
        lessons=[
            lesson("A01", reading(minutes=100)),
            lesson("FINAL", quiz("final", quiz_id=final.id)),
        ],
        title={"zh": "直播之星 · 主播班", "en": "Live Streaming Stars"},
        programme_id=programme.id,
        **overrides,
    )


def make_pending(session: Session, graduate: Graduate) -> str:
    """Write down that the graduate's badge is due; return its id."""
    enrollment = graduate.enrollment
    made = issuing.intend(
        session,
        enrollment_id=enrollment.id,
        person_id=enrollment.person_id,
        course_id=enrollment.course_id,
        at=COMPLETED,
    )
    assert made is not None
    return made


def issue_all(database: Database, settings: Settings) -> list[Credential]:
    """Sign all that is due, as the worker does; return every badge there is."""
    tasks.sign_all(database, tasks.open_signer(database, settings), lambda _done, _total: None)
    with database.snapshot() as session:
        return list(session.scalars(select(Credential).order_by(Credential.created_at)))


def make_badge(
    database: Database, settings: Settings, *, name: str = HOLDER, **course: Any
) -> Credential:
    """Make a graduate and return their signed badge."""
    with database.transaction() as session:
        made = make_badge_course(session, **course) if course else None
        person = make_person(session, name=name)
        badge_id = make_pending(session, make_graduate(session, person=person, course=made))
    issue_all(database, settings)
    with database.snapshot() as session:
        return session.get_one(Credential, badge_id)
