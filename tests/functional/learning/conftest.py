"""A published course with every kind of item, and a learner who may take it."""

from dataclasses import dataclass

import pytest

from lms.accounts.models import Person
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.assessment import make_quiz
from tests.factories.catalog import (
    MadeCourse,
    both,
    lesson,
    make_course,
    practice,
    quiz,
    reading,
    video,
)
from tests.factories.enrollment import make_enrollment
from tests.factories.media import make_asset, make_caption
from tests.support.site import Client


@dataclass
class School:
    """What a test of the learner's pages points at."""

    person: Person
    stranger: Person
    course: MadeCourse
    slug: str


@pytest.fixture
def school(database: Database) -> School:
    with database.transaction() as session:
        person = make_person(session, name="林秀芳")
        stranger = make_person(session, name="王小二")
        asset = make_asset(session, duration_ms=120_000)
        make_caption(session, asset)
        lesson_quiz, final = make_quiz(session), make_quiz(session)
        made = make_course(
            session,
            title=both("直播之星", "Live Star"),
            lessons=[
                lesson(
                    "A01",
                    video(asset_id=asset.id, duration_ms=120_000),
                    reading(),
                    practice(),
                    quiz(quiz_id=lesson_quiz.id),
                ),
                lesson("FINAL", quiz("final", quiz_id=final.id)),
            ],
        )
        return School(person, stranger, made, made.course.slug)


@pytest.fixture
def learner(client: Client, school: School, database: Database) -> Client:
    """The learner's browser; the course is joined."""
    with database.transaction() as session:
        make_enrollment(session, person=school.person, course=school.course)
    sign_in(client, school.person)
    return client
