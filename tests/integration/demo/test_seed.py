"""The demo's history: every figure agrees with the ledger it comes from."""

import pytest
from sqlalchemy import func, select

from lms.accounts.models import County, Person, RoleGrant
from lms.assessment.models import Attempt, AttemptQuestion, Response
from lms.core.access import Scope, ScopeKind
from lms.db.session import Database, now
from lms.demo.service import Seeded, Wish, history, seed, study
from lms.demo.service import seed as _seed_function
from lms.enrollment.domain import EnrollmentStatus
from lms.enrollment.models import Enrollment
from lms.progress.models import ItemCompletion, MaterialProgress, StudyClock, WatchSlice
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters, Status
from tests.factories.assessment import make_quiz
from tests.factories.catalog import MadeCourse, lesson, make_course, practice, quiz, reading

EVERYWHERE = (Scope(ScopeKind.PLATFORM),)


def plant(database: Database, learners: int = 30, enrollments: int | None = None) -> Seeded:
    wanted = max(0, learners - 3) if enrollments is None else enrollments
    wish = Wish(learners, wanted, seed=1, password_hash="hash")
    return seed(database, wish, lambda _made, _total: None)


@pytest.fixture
def course(database: Database) -> MadeCourse:
    """A published course of two lessons and a final test."""
    with database.transaction() as session:
        quizzes = [make_quiz(session) for _ in range(2)]
        return make_course(
            session,
            lessons=[
                lesson("A01", reading(minutes=20), quiz(quiz_id=quizzes[0].id)),
                lesson("A04", reading(), practice()),
                lesson("FINAL", quiz("final", quiz_id=quizzes[1].id)),
            ],
        )


def assert_consistent(database: Database) -> None:
    """Hold the ledger against everything derived from it."""
    with database.snapshot() as session:
        sums = select(
            WatchSlice.person_id,
            WatchSlice.material_id,
            func.sum(WatchSlice.credited_ms),
            func.sum(WatchSlice.seen_ms),
        ).group_by(WatchSlice.person_id, WatchSlice.material_id)
        sets = select(
            MaterialProgress.person_id,
            MaterialProgress.material_id,
            MaterialProgress.credited_ms,
            MaterialProgress.seen_ms,
        )
        assert {tuple(row) for row in session.execute(sums)} == {
            tuple(row) for row in session.execute(sets)
        }
        for slice_ in session.scalars(select(WatchSlice)):
            assert slice_.credited == [[0, slice_.credited_ms]]
            assert slice_.wall_to_ms - slice_.wall_from_ms == slice_.credited_ms
        marks = select(StudyClock.person_id, StudyClock.credit_mark_ms)
        clocks = {row[0]: row[1] for row in session.execute(marks)}
        last = select(WatchSlice.person_id, func.max(WatchSlice.wall_to_ms)).group_by(
            WatchSlice.person_id
        )
        assert clocks == {row[0]: row[1] for row in session.execute(last)}
        ends = select(ItemCompletion.enrollment_id, func.max(ItemCompletion.completed_at)).group_by(
            ItemCompletion.enrollment_id
        )
        found = {row[0]: row[1] for row in session.execute(ends)}
        done = session.scalars(
            select(Enrollment).where(Enrollment.status == EnrollmentStatus.COMPLETED)
        ).all()
        assert done
        assert all(found[each.id] == each.completed_at for each in done)
        assert all(each.enrolled_at < each.completed_at < now(session) for each in done)


@pytest.mark.usefixtures("course")
def test_people_have_their_roles_and_places(database: Database) -> None:
    plant(database)
    with database.snapshot() as session:
        counties = session.scalars(select(County.name_zh).order_by(County.code)).all()
        rows = session.execute(
            select(Person.phone, RoleGrant.role, RoleGrant.scope_id)
            .join(RoleGrant, RoleGrant.person_id == Person.id)
            .order_by(Person.phone)
        ).all()
        learners = session.scalar(
            select(func.count()).where(Person.phone < "13800090000").select_from(Person)
        )
    assert len(counties) == 2
    assert [tuple(row) for row in rows] == [
        ("13800090001", "instructor", "330822"),
        ("13800090002", "instructor", "330822"),
        ("13800091001", "mentor", "330822"),
        ("13800091002", "mentor", "330881"),
        # Of the whole platform.
        ("13800097001", "administrator", ""),
        ("13800097002", "administrator", ""),
        ("13800098001", "supervisor", "330822"),
        ("13800099001", "administrator", "330822"),
        ("13800099002", "administrator", "330822"),
        ("13800099003", "administrator", "330881"),
    ]
    assert learners == 30


@pytest.mark.usefixtures("course")
def test_history_agrees_with_itself(database: Database) -> None:
    done = plant(database)
    assert (done.learners, done.made, done.completed) == (30, 27, 13)
    assert_consistent(database)
    with database.snapshot() as session:
        new = session.scalars(
            select(Person.id).where(Person.phone.in_(["13800000028", "13800000030"]))
        ).all()
        taken = select(func.count()).select_from(Enrollment).where(Enrollment.person_id.in_(new))
        assert session.scalar(taken) == 0


def test_the_first_learner_is_in_the_middle_of_the_second_lesson(
    database: Database, course: MadeCourse
) -> None:
    plant(database)
    with database.snapshot() as session:
        (line,) = [
            line
            for line in roster.stream(
                session, roster.Selection(EVERYWHERE, Filters(status=Status.ACTIVE)), chunk=50
            )
            if line.phone == "13800000001"
        ]
        begun = session.scalar(
            select(MaterialProgress.seen_ms).where(
                MaterialProgress.person_id == line.person_id,
                MaterialProgress.material_id == course.materials["A04/text"].id,
            )
        )
    assert [lack.label for lack in line.lacking] == ["A04", ""]
    assert begun is not None
    assert 0 < begun < course.materials["A04/text"].duration_ms * 0.9


@pytest.mark.usefixtures("course")
def test_quizzes_were_drawn_and_answered(database: Database) -> None:
    plant(database)
    with database.snapshot() as session:
        attempts = session.scalars(select(Attempt)).all()
        asked = session.scalar(select(func.count()).select_from(AttemptQuestion))
        answered = session.scalar(select(func.count()).select_from(Response))
    assert all(attempt.passed for attempt in attempts)
    assert asked == 5 * len(attempts)
    assert answered == sum(attempt.points or 0 for attempt in attempts)


@pytest.mark.usefixtures("course")
def test_a_second_run_adds_only_what_is_missing(database: Database) -> None:
    plant(database)
    again = plant(database)
    assert (again.made, again.completed) == (0, 0)
    more = plant(database, learners=40)
    assert more.made == 10
    assert_consistent(database)


def test_many_enrollments_take_the_short_way_and_still_agree(
    database: Database, course: MadeCourse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(study, "_REAL_ANSWERS_UP_TO", 0)
    monkeypatch.setattr(study, "_EVERY_ITEM_UP_TO", 0)
    monkeypatch.setitem(_seed_function.__globals__, "_BATCH", 7)
    done = plant(database, learners=3, enrollments=40)
    assert (done.made, done.completed) == (40, 20)
    assert done.learners > 40
    assert_consistent(database)
    with database.snapshot() as session:
        attempts = session.scalars(select(Attempt)).all()
        a_person = session.scalar(
            select(func.count()).where(
                WatchSlice.material_id == course.materials["A04/practice"].id
            )
        )
        lines = list(roster.stream(session, roster.Selection(EVERYWHERE, Filters()), chunk=50))
    assert a_person == 0  # one slice a lesson
    assert all(60 <= (attempt.percent or 0) <= 100 for attempt in attempts)
    assert all(
        attempt.percent == (attempt.points or 0) * 100 // (attempt.max_points or 1)
        for attempt in attempts
    )
    assert len(lines) == 20
    assert all(line.final_percent is not None and line.hours > 0 for line in lines)


@pytest.mark.usefixtures("course")
def test_a_second_course_is_taken_at_another_time(database: Database) -> None:
    with database.transaction() as session:
        make_course(session, lessons=[lesson("B01", reading())])
    done = plant(database, learners=10, enrollments=16)
    assert (done.made, done.courses) == (16, 2)
    assert_consistent(database)  # the ledger itself refuses overlapping periods


def test_without_a_course_there_are_people_alone(database: Database) -> None:
    assert plant(database) == Seeded(learners=30, courses=0, made=0, completed=0)


@pytest.mark.usefixtures("course")
def test_nothing_is_left_of_the_scratch_tables(database: Database) -> None:
    plant(database)
    with database.transaction() as session:
        history._scratch.create_all(session.connection(), checkfirst=False)  # noqa: SLF001 (the table under test)
