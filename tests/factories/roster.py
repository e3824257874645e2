"""Makes a small county: finished, half-way and withdrawn learners, and a neighbour's."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from tests.factories.accounts import make_person
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import MadeCourse, lesson, make_course, quiz, reading
from tests.factories.enrollment import make_enrollment

NEIGHBOUR = "330881"
MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Small:
    """The rows of the small county by what they are."""

    course: MadeCourse
    finished: Enrollment
    half: Enrollment
    withdrawn: Enrollment
    foreign: Enrollment


def make_small_county(session: Session) -> Small:
    """Make the county's course and those who take it, a neighbour among them."""
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
    make_graded_attempt(session, finished, course, "FINAL/final", percent=70, points=7)
    make_graded_attempt(session, finished, course, "FINAL/final", number=2, percent=90, points=9)
    make_graded_attempt(session, finished, course, "A01/quiz", percent=100, points=10)
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
