"""Seats of a class: the last one under a race, the line for it, leaving and going elsewhere."""

import threading
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.exc import DBAPIError

from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.core.clock import local_day, utc_now
from lms.core.errors import Conflict, InvalidInput
from lms.db.session import Database
from lms.enrollment import queries, service
from lms.enrollment.domain import ClassState, WaitState
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.enrollment.service import Plan
from lms.enrollment.tasks import follow_the_days
from lms.learning.service import join_course, wait_for_seat
from lms.notify.models import SmsMessage
from lms.progress.queries import totals_of
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.catalog import MadeCourse, lesson, make_course, make_revision, reading
from tests.factories.enrollment import make_class, make_enrollment

NOW = datetime(2026, 8, 20, 2, tzinfo=UTC)


@dataclass
class Scene:
    """A course with a class of two seats, one of them taken, and people who want to join."""

    database: Database
    course: MadeCourse
    class_id: int
    member: int
    people: list[Actor]

    @property
    def slug(self) -> str:
        return self.course.course.slug

    def join(self, who: int) -> int:
        with self.database.transaction() as session:
            return join_course(
                session,
                actor=self.people[who],
                slug=self.slug,
                training_class_id=self.class_id,
                now=NOW,
            )

    def wait(self, who: int) -> None:
        with self.database.transaction() as session:
            wait_for_seat(
                session,
                actor=self.people[who],
                slug=self.slug,
                training_class_id=self.class_id,
                now=NOW,
            )

    def leave(self, who: int) -> None:
        with self.database.transaction() as session:
            service.withdraw(
                session, actor=self.people[who], course_id=self.course.course.id, now=NOW
            )

    def change(self, capacity: int | None) -> None:
        with self.database.transaction() as session:
            locked = queries.locked_class(session, self.class_id)
            assert locked is not None
            plan = Plan("秋季班", date(2026, 9, 1), capacity=capacity)
            service.change_class(
                session, actor=self.people[0], training_class=locked, plan=plan, now=NOW
            )

    def seated(self) -> list[int]:
        """Return who of the people has a seat in the class."""
        with self.database.snapshot() as session:
            found = set(
                session.scalars(
                    select(Enrollment.person_id).where(
                        Enrollment.training_class_id == self.class_id,
                        Enrollment.status == "active",
                    )
                )
            )
        return [at for at, each in enumerate(self.people) if each.person_id in found]

    def places(self, who: int) -> list[int]:
        with self.database.snapshot() as session:
            found = queries.waitings(session, self.people[who].person_id)
        return [each.place for each in found]


def make_actor(session, **overrides: str) -> Actor:
    person = make_person(session, **overrides)
    return Actor(person.id, person.name, (), make_sign_in(session, person).id)


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        course = make_course(session)
        made = make_class(session, course, capacity=2)
        member = make_enrollment(session, course=course, training_class_id=made.id)
        people = [make_actor(session) for _ in range(20)]
        return Scene(database, course, made.id, member.id, people)


def test_of_twenty_who_want_the_last_seat_at_once_one_gets_it(scene: Scene) -> None:
    barrier, told = threading.Barrier(20), []

    def join(who: int) -> None:
        barrier.wait()
        try:
            scene.join(who)
        except Conflict as refused:
            told.append(refused.code)

    threads = [threading.Thread(target=join, args=(who,)) for who in range(20)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert told == ["class_full"] * 19
    assert len(scene.seated()) == 1


def test_the_database_refuses_a_seat_too_many_whoever_asks(scene: Scene) -> None:
    scene.join(0)
    with pytest.raises(DBAPIError), scene.database.transaction() as session:
        make_enrollment(session, course=scene.course, training_class_id=scene.class_id)
    with scene.database.transaction() as session:
        free = make_enrollment(session, course=scene.course).id
    with pytest.raises(DBAPIError), scene.database.transaction() as session:
        session.execute(
            update(Enrollment).where(Enrollment.id == free).values(training_class_id=scene.class_id)
        )


def test_who_waited_first_gets_the_seat_that_becomes_free_and_is_told(scene: Scene) -> None:
    scene.join(0)
    for who in (1, 2, 1):
        scene.wait(who)
    assert (scene.places(1), scene.places(2)) == ([1], [2])
    scene.leave(0)
    assert scene.seated() == [1]
    assert (scene.places(1), scene.places(2)) == ([], [1])
    with scene.database.snapshot() as session:
        [message] = session.scalars(select(SmsMessage).where(SmsMessage.template == "seat_free"))
    assert "秋季班" in message.text
    assert "9 月 1 日开班" in message.text


def test_more_seats_go_to_those_who_wait_and_no_fewer_than_are_taken(scene: Scene) -> None:
    scene.join(0)
    for who in (3, 2, 1):
        scene.wait(who)
    scene.change(4)
    assert scene.seated() == [0, 2, 3]
    assert scene.places(1) == [1]
    with pytest.raises(InvalidInput) as refused:
        scene.change(3)
    assert refused.value.fields["capacity"].params == {"taken": 4}
    scene.change(None)
    assert scene.seated() == [0, 1, 2, 3]


def test_seats_that_become_free_at_once_go_to_one_each(scene: Scene) -> None:
    scene.change(4)
    for who in (0, 1, 2):
        scene.join(who)
    for who in (3, 4, 5, 6):
        scene.wait(who)
    barrier = threading.Barrier(3)

    def leave(who: int) -> None:
        barrier.wait()
        scene.leave(who)

    threads = [threading.Thread(target=leave, args=(who,)) for who in (0, 1, 2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert scene.seated() == [3, 4, 5]
    assert scene.places(6) == [1]


def test_who_left_the_line_is_passed_over(scene: Scene) -> None:
    scene.join(0)
    scene.wait(1)
    scene.wait(2)
    with scene.database.transaction() as session:
        service.leave_line(
            session, actor=scene.people[1], training_class_id=scene.class_id, now=NOW
        )
    scene.leave(0)
    assert scene.seated() == [2]


def test_nobody_waits_where_a_seat_is_free_or_twice_in_a_course(scene: Scene) -> None:
    with pytest.raises(Conflict) as free:
        scene.wait(1)
    assert free.value.code == "seat_free"
    scene.join(0)
    with pytest.raises(Conflict) as twice:
        scene.wait(0)
    assert twice.value.code == "in_a_class"


def test_a_class_that_is_over_sends_home_who_waits(scene: Scene) -> None:
    scene.join(0)
    scene.wait(1)
    with scene.database.transaction() as session:
        session.execute(
            update(TrainingClass).values(starts_on=date(2026, 3, 1), ends_on=date(2026, 4, 1))
        )
    follow_the_days(scene.database, None)  # type: ignore[arg-type]  # it asks no setting
    with scene.database.snapshot() as session:
        assert session.get_one(TrainingClass, scene.class_id).state == ClassState.ENDED
        assert session.scalars(select(ClassWait.state)).all() == [WaitState.LEFT]


@pytest.mark.parametrize(
    ("starts", "ends", "created", "state"),
    [
        (0, None, -2, "running"),
        (1, None, -2, "open"),
        (0, None, 0, "open"),
        (-3, -1, -5, "ended"),
        (-3, 0, -5, "running"),
    ],
    ids=["first day", "tomorrow", "opened today", "after the last", "on the last"],
)
def test_a_class_follows_the_days(
    database: Database, starts: int, ends: int | None, created: int, state: str
) -> None:
    today = local_day(utc_now())
    with database.transaction() as session:
        row = make_class(
            session,
            make_course(session),
            starts_on=today + timedelta(days=starts),
            ends_on=None if ends is None else today + timedelta(days=ends),
            created_at=utc_now() + timedelta(days=created),
        )
    follow_the_days(database, None)  # type: ignore[arg-type]  # it asks no setting
    with database.snapshot() as session:
        assert session.get_one(TrainingClass, row.id).state == state
        moved = select(func.count()).where(AuditEntry.action == "class.moved_on")
        assert session.scalar(moved) == (state != "open")


def test_going_to_another_class_keeps_hours_and_takes_its_version(scene: Scene) -> None:
    with scene.database.transaction() as session:
        own = make_enrollment(
            session, course=scene.course, training_class_id=scene.class_id, credited={"A01/text": 7}
        )
        new = make_revision(session, scene.course.course, lessons=[lesson("A", reading())])
        other = make_class(session, new, title="冬季班")
        before = totals_of(session, own.person_id)[0].of_course(own.course_id)
    scene.wait(1)
    with scene.database.transaction() as session:
        service.transfer(
            session,
            actor=scene.people[0],
            enrollment_id=own.id,
            training_class_id=other.id,
            now=NOW,
        )
    with scene.database.snapshot() as session:
        row = session.get_one(Enrollment, own.id)
        after = totals_of(session, own.person_id)[0].of_course(own.course_id)
    assert (row.training_class_id, row.revision_id) == (other.id, new.revision.id)
    assert before == after == 7
    assert scene.seated() == [1]


def test_a_filing_number_is_given_once_in_a_county(scene: Scene) -> None:
    plan = Plan("冬季班", date(2026, 12, 1), filing_no="QZ-2026-017")

    def set_number() -> None:
        with scene.database.transaction() as session:
            made = make_class(session, scene.course)
            service.change_class(
                session, actor=scene.people[0], training_class=made, plan=plan, now=NOW
            )

    set_number()
    with pytest.raises(InvalidInput) as refused:
        set_number()
    assert refused.value.fields["filing_no"].code == "filing_taken"
