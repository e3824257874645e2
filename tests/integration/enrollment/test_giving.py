"""A seat by the hand of staff, from wherever somebody stands with the course."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from lms.accounts.models import Person
from lms.audit.models import AuditEntry
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict, Forbidden
from lms.db.session import Database
from lms.enrollment import queries, service
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import ClassWait, Enrollment, TrainingClass
from lms.enrollment.service import Given
from lms.notify.models import SmsMessage
from lms.progress.models import ItemCompletion
from lms.progress.queries import totals_of
from lms.subsidy.models import EligibilityDue
from tests.factories.accounts import COUNTY, make_person, make_sign_in
from tests.factories.catalog import (
    MadeCourse,
    lesson,
    make_course,
    make_programme,
    make_revision,
    reading,
)
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.roster import NEIGHBOUR

NOW = datetime(2026, 8, 20, 2, tzinfo=UTC)
MINUTE = 60_000


@dataclass
class Scene:
    """A class of two seats of a course's second version, and an administrator of the county."""

    database: Database
    course: MadeCourse
    first: MadeCourse
    class_id: int
    clerk: Actor

    def person(self, **overrides: object) -> int:
        with self.database.transaction() as session:
            return make_person(session, **overrides).id

    def give(self, person_id: int, clerk: Actor | None = None, *, price_fen: int = 0) -> Given:
        with self.database.transaction() as session:
            return service.give_seat(
                session,
                actor=clerk or self.clerk,
                training_class=session.get_one(TrainingClass, self.class_id),
                person=session.get_one(Person, person_id),
                price_fen=price_fen,
                now=NOW,
            )

    def refusal(self, person_id: int, **changes: int) -> str:
        with pytest.raises(Conflict) as refused:
            self.give(person_id, **changes)
        return refused.value.code

    def own(self, person_id: int) -> Enrollment | None:
        with self.database.snapshot() as session:
            return queries.live(session, person_id=person_id, course_id=self.course.course.id)

    def fill(self) -> list[int]:
        """Give both seats away."""
        people = [self.person(), self.person()]
        assert [self.give(each) for each in people] == [Given.SEATED] * 2
        return people

    def acts(self, person_id: int) -> list[tuple[str, int | None, int]]:
        with self.database.snapshot() as session:
            rows = session.scalars(
                select(AuditEntry)
                .where(AuditEntry.subject == f"person:{person_id}")
                .order_by(AuditEntry.id)
            )
            return [(each.action, each.actor_id, each.details["class"]) for each in rows]

    def told(self, person_id: int) -> list[str]:
        with self.database.snapshot() as session:
            phone = session.get_one(Person, person_id).phone
            rows = session.scalars(select(SmsMessage).where(SmsMessage.phone == phone))
            return [each.template for each in rows]

    def line(self) -> list[int]:
        with self.database.snapshot() as session:
            return [each.person_id for each in queries.line(session, self.class_id)]


def administrator(session, county: str = COUNTY) -> Actor:
    person = make_person(session)
    grant = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, county))
    return Actor(person.id, person.name, (grant,), make_sign_in(session, person).id)


@pytest.fixture
def scene(database: Database) -> Scene:
    with database.transaction() as session:
        first = make_course(session, programme_id=make_programme(session).id)
        second = make_revision(
            session, first.course, lessons=[lesson("A01", reading()), lesson("A02", reading())]
        )
        made = make_class(session, second, capacity=2)
        return Scene(database, second, first, made.id, administrator(session))


def test_who_does_not_take_the_course_is_enrolled_told_and_written_down(scene: Scene) -> None:
    person = scene.person()
    assert scene.give(person) is Given.SEATED
    own = scene.own(person)
    assert own is not None
    assert (own.training_class_id, own.revision_id) == (
        *(scene.class_id,),
        scene.course.revision.id,
    )
    assert scene.told(person) == ["seat_given"]
    assert scene.acts(person) == [("class.seat_given", scene.clerk.person_id, scene.class_id)]


def test_who_takes_it_without_a_class_keeps_hours_and_steps_and_gets_its_version(
    scene: Scene,
) -> None:
    with scene.database.transaction() as session:
        own = make_enrollment(
            session, course=scene.first, credited={"A01/text": 3 * MINUTE}, done=["A01/text"]
        )
        session.execute(delete(EligibilityDue))
    assert scene.give(own.person_id) is Given.SEATED
    after = scene.own(own.person_id)
    assert after is not None
    assert (after.id, after.training_class_id) == (own.id, scene.class_id)
    assert after.revision_id == scene.course.revision.id != own.revision_id
    with scene.database.snapshot() as session:
        assert totals_of(session, own.person_id)[0].of_course(own.course_id) == 3 * MINUTE
        done = session.scalars(
            select(ItemCompletion.lesson_key).where(ItemCompletion.enrollment_id == own.id)
        ).all()
        assert done == ["A01"]
        # What is decided of them is looked at anew.
        assert own.person_id in session.scalars(select(EligibilityDue.person_id)).all()


def test_a_seat_of_the_same_version_is_looked_at_anew_as_well(scene: Scene) -> None:
    with scene.database.transaction() as session:
        own = make_enrollment(session, course=scene.course)
        session.execute(delete(EligibilityDue))
    scene.give(own.person_id)
    with scene.database.snapshot() as session:
        assert session.scalars(select(EligibilityDue.person_id)).all() == [own.person_id]


def test_who_is_in_another_class_comes_over_and_their_seat_goes_to_who_waits(
    scene: Scene,
) -> None:
    with scene.database.transaction() as session:
        other = make_class(session, scene.course, title="冬季班", capacity=1)
        own = make_enrollment(session, course=scene.course, training_class_id=other.id)
        waiter = make_person(session)
        waits = Actor(waiter.id, waiter.name, (), make_sign_in(session, waiter).id)
        service.wait(session, actor=waits, training_class=other, price_fen=0, now=NOW)
    assert scene.give(own.person_id) is Given.SEATED
    sits = [scene.own(each) for each in (own.person_id, waiter.id)]
    assert [each and each.training_class_id for each in sits] == [scene.class_id, other.id]
    assert scene.told(own.person_id) == ["seat_given"]
    with scene.database.snapshot() as session:
        [act] = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "enrollment.transferred")
        )
    assert (act.actor_id, act.subject) == (scene.clerk.person_id, f"enrollment:{own.id}")
    assert act.details == {"from": other.id, "to": scene.class_id}


def test_a_full_class_puts_them_in_line_and_a_second_tap_changes_nothing(scene: Scene) -> None:
    first, _ = scene.fill()
    person = scene.person()
    assert [scene.give(person), scene.give(person)] == [Given.WAITING] * 2
    assert scene.line() == [person]
    assert scene.own(person) is None
    assert scene.told(person) == ["seat_line"]
    assert scene.acts(person) == [("class.put_in_line", scene.clerk.person_id, scene.class_id)]
    with scene.database.transaction() as session:
        own = session.scalars(select(Enrollment).where(Enrollment.person_id == first)).one()
        service.withdraw_learner(
            session, actor=scene.clerk, enrollment_id=own.id, reason="搬走了", now=NOW
        )
    seated = scene.own(person)
    assert seated is not None
    assert seated.training_class_id == scene.class_id
    assert scene.told(person) == ["seat_line", "seat_free"]


def test_a_second_tap_on_a_seat_changes_nothing(scene: Scene) -> None:
    person = scene.person()
    assert [scene.give(person), scene.give(person)] == [Given.SEATED, Given.THERE_ALREADY]
    assert scene.told(person) == ["seat_given"]
    assert len(scene.acts(person)) == 1


def test_who_waits_and_is_given_a_seat_waits_no_longer(scene: Scene) -> None:
    scene.fill()
    person = scene.person()
    scene.give(person)
    with scene.database.transaction() as session:
        # A seat more, without the step that gives it to who waits.
        session.get_one(TrainingClass, scene.class_id).capacity = 3
    assert scene.give(person) is Given.SEATED
    assert scene.line() == []
    with scene.database.snapshot() as session:
        assert session.scalars(select(ClassWait.state)).all() == ["seated"]


def test_whom_no_seat_is_given(scene: Scene) -> None:
    with scene.database.transaction() as session:
        done = make_enrollment(session, course=scene.first, status=EnrollmentStatus.COMPLETED)
        theirs = make_class(
            session,
            scene.course,
            county_code=make_person(session, county_code=NEIGHBOUR).county_code,
        )
        away = make_enrollment(session, course=scene.course, training_class_id=theirs.id)
    locked = scene.person(state="locked")
    assert scene.refusal(done.person_id) == "completed_already"
    assert scene.refusal(away.person_id) == "class_of_others"
    assert scene.refusal(locked) == "account_not_active"
    assert scene.refusal(scene.person(), price_fen=100) == "payment_required"
    with pytest.raises(Forbidden):
        scene.give(scene.clerk.person_id)


def test_who_has_a_seat_elsewhere_does_not_wait_for_one_here(scene: Scene) -> None:
    scene.fill()
    with scene.database.transaction() as session:
        other = make_class(session, scene.course, title="冬季班")
        own = make_enrollment(session, course=scene.course, training_class_id=other.id)
    assert scene.refusal(own.person_id) == "class_full_for_members"
    assert scene.line() == []


@pytest.mark.parametrize("state", ["draft", "filed", "ended", "archived"])
def test_a_class_that_takes_nobody_in_takes_nobody_by_hand(scene: Scene, state: str) -> None:
    with scene.database.transaction() as session:
        session.get_one(TrainingClass, scene.class_id).state = state
    person = scene.person()
    assert scene.refusal(person) == "class_not_open"
    assert scene.own(person) is None


def test_a_running_class_takes_people_in_by_hand(scene: Scene) -> None:
    with scene.database.transaction() as session:
        session.get_one(TrainingClass, scene.class_id).state = "running"
    assert scene.give(scene.person()) is Given.SEATED
