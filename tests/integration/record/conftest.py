"""A learner with a course of two lessons, and how their file is read."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest

from lms.accounts.models import Person
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.record import queries
from lms.record.domain.ledger import Window
from lms.record.queries import LearnerFile, Reading, Sight
from tests.factories.accounts import make_person
from tests.factories.assessment import make_quiz
from tests.factories.catalog import MadeCourse, both, lesson, make_course, quiz, reading
from tests.factories.enrollment import make_enrollment

TODAY = date(2026, 5, 31)
DAY = date(2026, 5, 18)
ReadFile = Callable[..., LearnerFile | None]


@dataclass(frozen=True, slots=True)
class Study:
    """Who studies what."""

    person: Person
    course: MadeCourse
    enrollment: Enrollment


@pytest.fixture
def study(database: Database) -> Study:
    with database.transaction() as session:
        person = make_person(session, name="林秀芳", town="招贤镇", phone="13857005678")
        course = make_course(
            session,
            lessons=[
                lesson("A01", reading(minutes=50), title=both("开场", "Opening")),
                lesson("A04", reading(minutes=50), title=both("广告", "Ads")),
                lesson("FINAL", quiz("final", quiz_id=make_quiz(session).id)),
            ],
        )
        return Study(person, course, make_enrollment(session, person=person, course=course))


@pytest.fixture
def read_file(database: Database, study: Study) -> ReadFile:
    """Call it for the learner's file; arguments are those of a window of days."""

    def read(reading: Reading | None = None, **window: Any) -> LearnerFile | None:
        sight = Sight(Window(**{"limit": 10, **window}), Window(10))
        with database.snapshot() as session:
            return queries.learner_file(
                session, study.person.id, sight, today=TODAY, reading=reading
            )

    return read
