"""Joining, leaving and completing a course: each once."""

from collections.abc import Iterator

import pytest
from sqlalchemy import func, select

from lms.catalog.tree import revision_tree
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.db.bus import Bus
from lms.db.session import Database, now
from lms.enrollment import service
from lms.enrollment.events import CourseCompleted
from lms.enrollment.models import Enrollment
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import make_course


@pytest.fixture
def heard() -> list[CourseCompleted]:
    return []


@pytest.fixture
def listening(database_url: str, heard: list[CourseCompleted]) -> Iterator[Database]:
    bus = Bus({CourseCompleted: (lambda _session, event: heard.append(event),)})
    opened = Database(database_url, bus=bus)
    yield opened
    opened.dispose()


@pytest.fixture
def joined(listening: Database) -> tuple[Actor, int, int]:
    """Someone who joined a course: the actor, the enrollment and the course."""
    with listening.transaction() as session:
        person = make_person(session)
        actor = Actor(person.id, person.name, (), make_sign_in(session, person).id)
        made = make_course(session)
        tree = revision_tree(session, made.revision.id)
        first = service.enroll(session, actor=actor, course=tree, now=now(session))
        assert service.enroll(session, actor=actor, course=tree, now=now(session)) == first
    return actor, first, made.course.id


def test_joining_twice_is_one_enrollment(
    listening: Database, joined: tuple[Actor, int, int]
) -> None:
    with listening.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Enrollment)) == 1


def test_a_course_is_completed_once_and_told_once(
    listening: Database, joined: tuple[Actor, int, int], heard: list[CourseCompleted]
) -> None:
    _, enrollment_id, course_id = joined
    answers = []
    for _ in range(2):
        with listening.transaction() as session:
            answers.append(service.complete(session, enrollment_id=enrollment_id, now=now(session)))
    assert answers == [True, False]
    assert [event.course_id for event in heard] == [course_id]


def test_a_completed_course_cannot_be_left(
    listening: Database, joined: tuple[Actor, int, int]
) -> None:
    actor, enrollment_id, course_id = joined
    with listening.transaction() as session:
        service.complete(session, enrollment_id=enrollment_id, now=now(session))
    with pytest.raises(Conflict), listening.transaction() as session:
        service.withdraw(session, actor=actor, course_id=course_id, now=now(session))
    with listening.snapshot() as session:
        assert session.get_one(Enrollment, enrollment_id).status == "completed"
