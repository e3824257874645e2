"""A small county: finished, half-way and withdrawn learners, and a neighbour's."""

from dataclasses import dataclass

import pytest
from sqlalchemy.orm import Session

from lms.core.access import Actor, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from tests.factories.assessment import make_quiz
from tests.factories.catalog import COUNTY, MadeCourse, lesson, make_course, quiz, reading
from tests.factories.enrollment import (
    make_attempt,
    make_enrollment,
    make_person,
    make_staff,
)
from tests.integration.roster.exports import actor_of

NEIGHBOUR = "330881"
OWN = (Scope(ScopeKind.COUNTY, COUNTY),)
EVERYTHING = (Scope(ScopeKind.PLATFORM),)
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Small:
    """The rows of the small county by what they are."""

    course: MadeCourse
    finished: Enrollment
    half: Enrollment
    withdrawn: Enrollment
    foreign: Enrollment


def build(session: Session) -> Small:
    """Make the county."""
    lesson_quiz, final = make_quiz(session), make_quiz(session)
    course = make_course(
        session,
        lessons=[
            lesson("A01", reading(minutes=50), quiz(quiz_id=lesson_quiz.id)),
            lesson("A04", reading(minutes=50)),
            lesson("FINAL", quiz("final", quiz_id=final.id)),
        ],
    )
    everything = ["A01/text", "A01/quiz", "A04/text", "FINAL/final"]
    finished = make_enrollment(
        session,
        course=course,
        person=make_person(session, name="程建军", town="何家乡", phone="13900002217"),
        status=EnrollmentStatus.COMPLETED,
        credited={"A01/text": 50 * MINUTE, "A04/text": 44 * MINUTE},
        done=everything,
    )
    make_attempt(session, finished, course, "FINAL/final", percent=70, points=7)
    make_attempt(session, finished, course, "FINAL/final", number=2, percent=90, points=9)
    make_attempt(session, finished, course, "A01/quiz", percent=100, points=10)
    half = make_enrollment(
        session,
        course=course,
        person=make_person(session, name="占小燕", town="芳村镇"),
        credited={"A01/text": 45 * MINUTE},
        done=everything[:2],
    )
    withdrawn = make_enrollment(session, course=course, status=EnrollmentStatus.WITHDRAWN)
    foreign = make_enrollment(
        session,
        course=course,
        person=make_person(session, name="毛丽娟", county_code=NEIGHBOUR, town="贺村镇"),
        status=EnrollmentStatus.COMPLETED,
        done=everything,
    )
    return Small(course, finished, half, withdrawn, foreign)


@pytest.fixture
def small(database: Database) -> Small:
    """The county, committed."""
    with database.transaction() as session:
        return build(session)


@pytest.fixture
def administrator(database: Database, small: Small) -> Actor:
    """An administrator of the small county who has just proved who they are."""
    with database.transaction() as session:
        return actor_of(make_staff(session))
