"""The demo's classes: one in each state, run through the services, and what comes of them."""

from collections import Counter
from datetime import date

from sqlalchemy import func, select

from lms.accounts.models import Person, RoleGrant
from lms.catalog.models import CatalogueListing, Course, Institution, Programme
from lms.core.clock import local_day
from lms.core.uscc import is_uscc
from lms.db.session import Database, now
from lms.demo.domain import CLASSES
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import SessionState
from lms.enrollment.models import (
    AttendanceEntry,
    ClassConfirmation,
    ClassObjection,
    ClassSession,
    ClassWait,
    Enrollment,
    TrainingClass,
)
from lms.progress.models import WatchSlice
from lms.subsidy.models import EligibilityDecision
from tests.factories.catalog import lesson, make_course, reading
from tests.integration.demo.conftest import Plant

Row = tuple[str, str, int | None, int, int]


def lines(database: Database, county: str) -> list[Row]:
    """Return each class's state, host, seats, how many have one and how many wait."""
    with database.snapshot() as session:
        rows = session.scalars(
            select(TrainingClass)
            .where(TrainingClass.county_code == county)
            .order_by(TrainingClass.starts_on)
        ).all()
        return [
            (
                row.state,
                row.host_kind,
                row.capacity,
                enrollments.taken_seats(session, row.id),
                len(enrollments.line(session, row.id)),
            )
            for row in rows
        ]


def test_a_course_that_costs_money_has_neither_classes_nor_learners(demo: Database) -> None:
    with demo.snapshot() as session:
        for taken in (TrainingClass, Enrollment):
            prices = select(Course.price_fen).join(taken, taken.course_id == Course.id)
            assert set(session.scalars(prices)) == {0}


def test_each_county_has_classes_in_every_state_and_nobody_stands(demo: Database) -> None:
    assert lines(demo, "330822") == [
        ("ended", "institution", 30, 22, 0),
        ("ended", "village", 8, 6, 0),
        ("running", "institution", 12, 9, 0),
        ("open", "enterprise", 6, 6, 2),
        ("open", "institution", 10, 7, 0),
        ("filed", "village", 30, 0, 0),
        ("draft", "enterprise", 20, 0, 0),
    ]
    assert lines(demo, "330881") == [
        ("ended", "village", 8, 5, 0),
        ("ended", "village", 8, 6, 0),
        ("running", "institution", 12, 6, 0),
        ("open", "enterprise", 6, 6, 2),
        ("open", "institution", 10, 7, 0),
        ("draft", "village", 25, 0, 0),
    ]


def test_the_first_learner_sits_in_the_running_class(demo: Database) -> None:
    with demo.snapshot() as session:
        own = session.execute(
            select(TrainingClass.state, ClassSession.title, AttendanceEntry.attended_ms)
            .join(ClassSession, ClassSession.training_class_id == TrainingClass.id)
            .join(AttendanceEntry, AttendanceEntry.class_session_id == ClassSession.id)
            .join(Person, Person.id == AttendanceEntry.person_id)
            .where(Person.phone == "13800000001")
        ).all()
    # Who joined six days ago was at the one session since.
    assert [tuple(row) for row in own] == [("running", "选品与脚本", 3 * 3_600_000)]


def test_a_running_class_has_held_sessions_and_one_in_the_next_days(demo: Database) -> None:
    with demo.snapshot() as session:
        at = now(session)
        rows = session.scalars(
            select(ClassSession)
            .join(TrainingClass, TrainingClass.id == ClassSession.training_class_id)
            .where(TrainingClass.state == "running", TrainingClass.county_code == "330822")
            .order_by(ClassSession.starts_at)
        ).all()
        written = {
            row.number: Counter((each.source, each.status) for each, _ in entries)
            for row in rows
            if (entries := enrollments.entries_of(session, row.id))
        }
    assert [row.state for row in rows] == [SessionState.HELD] * 3 + [SessionState.PLANNED] * 2
    assert {row.kind for row in rows if row.state == SessionState.HELD} == {"theory", "practice"}
    assert 0 < (rows[3].starts_at - at).days < 4
    assert written[1] == {("staff", "present"): 7, ("staff", "absent"): 1}
    assert written[2] == {
        ("staff", "present"): 7,
        ("staff", "absent"): 1,
        ("correction", "present"): 1,
    }
    assert written[3] == {("staff", "present"): 9}


def test_a_correction_says_why_and_no_minute_counts_twice(demo: Database) -> None:
    with demo.snapshot() as session:
        reasons = session.scalars(
            select(AttendanceEntry.reason).where(AttendanceEntry.source == "correction")
        ).all()
        present = session.scalars(
            select(AttendanceEntry).where(AttendanceEntry.from_at.is_not(None))
        ).all()
        on_line = session.execute(
            select(WatchSlice.person_id, WatchSlice.wall_from_ms, WatchSlice.wall_to_ms)
        ).all()
    assert len(reasons) == 4
    assert all(reasons)
    assert present
    for each in present:
        assert each.from_at is not None
        assert each.until_at is not None
        assert each.attended_ms == (each.until_at - each.from_at).total_seconds() * 1000
        begins, ends = each.from_at.timestamp() * 1000, each.until_at.timestamp() * 1000
        assert not [
            row for row in on_line if row[0] == each.person_id and row[1] < ends and row[2] > begins
        ]


def test_people_of_the_ended_classes_signed_and_one_of_each_objects(demo: Database) -> None:
    with demo.snapshot() as session:
        signed = session.scalars(select(ClassConfirmation)).all()
        objections = session.scalars(select(ClassObjection)).all()
        states = session.scalars(
            select(TrainingClass.state)
            .join(Enrollment, Enrollment.training_class_id == TrainingClass.id)
            .where(Enrollment.id.in_([each.enrollment_id for each in (*signed, *objections)]))
        ).all()
        finals = session.scalar(
            select(func.count())
            .select_from(Enrollment)
            .join(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
            .where(TrainingClass.state == "ended", Enrollment.status == "completed")
        )
    assert (len(signed), len(objections), finals) == (6, 2, 31)
    assert set(states) == {"ended"}
    assert {len(each.shown["sessions"]) for each in signed} == {4}
    assert {each.shown["hours"]["theory_ms"] for each in signed} <= {
        hours * 3_600_000 for hours in (11, 12)
    }
    assert any(each.shown["results"]["final_percent"] for each in signed)


def test_hours_in_rooms_count_where_eligibility_is_decided(demo: Database) -> None:
    with demo.snapshot() as session:
        decided = session.execute(
            select(EligibilityDecision.outcome, EligibilityDecision.results, TrainingClass.state)
            .join(Enrollment, Enrollment.person_id == EligibilityDecision.person_id)
            .join(TrainingClass, TrainingClass.id == Enrollment.training_class_id)
            .join(Person, Person.id == Enrollment.person_id)
            .where(Person.phone.in_(["13800095101", "13800095107"]))
        ).all()
    hours = {
        state: {each["id"]: each for each in results}["HOURS"] for _, results, state in decided
    }
    # Three days of six hours for somebody who missed one are 24 credit hours.
    assert hours["ended"]["verdict"] == "pass"
    assert float(hours["ended"]["params"]["hours"]) > 24
    # Three sessions of three hours are 12.
    assert float(hours["running"]["params"]["hours"]) >= 8


def test_somebody_is_eligible_somebody_is_not_and_of_some_it_is_unknown(
    demo: Database,
) -> None:
    with demo.snapshot() as session:
        outcomes = Counter(session.scalars(select(EligibilityDecision.outcome)))
    assert outcomes.keys() == {"eligible", "not_eligible", "needs_review"}
    assert min(outcomes.values()) > 5


def test_each_countys_list_names_its_own_school_from_day_to_day(demo: Database) -> None:
    with demo.snapshot() as session:
        today = local_day(now(session))
        rows = session.execute(
            select(CatalogueListing, Institution.county_code, Programme.slug)
            .join(Institution, Institution.id == CatalogueListing.institution_id)
            .join(Programme, Programme.id == CatalogueListing.programme_id)
        ).all()
    listed = {
        county: {
            slug for row, of, slug in rows if row.county_code == of == county and _holds(row, today)
        }
        for county in ("330822", "330881")
    }
    assert listed == {"330822": {"anchor-l5", "store-l5"}, "330881": {"anchor-l5"}}
    assert [row.ends_on.year for row, _, _ in rows if row.ends_on] == [today.year - 1] * 2


def test_a_teacher_sees_the_classes_they_teach_alone(demo: Database) -> None:
    with demo.snapshot() as session:
        grants = session.execute(
            select(RoleGrant.role, RoleGrant.scope_kind)
            .join(Person, Person.id == RoleGrant.person_id)
            .where(Person.phone == "13800090003")
        ).all()
    assert [tuple(row) for row in grants] == [("instructor", "class")] * 5


def test_a_second_run_makes_nothing_twice(database: Database, plant: Plant) -> None:
    with database.transaction() as session:
        make_course(session, lessons=[lesson("A01", reading())])
    plant(learners=8)
    counted = [TrainingClass, ClassSession, AttendanceEntry, ClassWait, Person, Enrollment]
    before = [_count(database, model) for model in counted]
    again = plant(learners=8)
    assert (again.classes, again.decisions) == (0, 0)
    assert [_count(database, model) for model in counted] == before
    assert all(before)


def test_classes_come_once_there_is_a_course_even_a_single_one(
    database: Database, plant: Plant
) -> None:
    assert plant(learners=5).classes == 0
    with database.transaction() as session:
        make_course(session, lessons=[lesson("A01", reading())])
    assert plant(learners=5).classes == 13
    full = [line for line in lines(database, "330822") if line[4]]
    assert full == [("open", "enterprise", 6, 6, 2)]


def test_hosts_have_credit_codes_that_hold() -> None:
    codes = [each.host.uscc for plans in CLASSES.values() for each in plans if each.host.uscc]
    assert len(set(codes)) == 2
    assert all(is_uscc(code) for code in codes)


def _holds(row: CatalogueListing, day: date) -> bool:
    return row.starts_on <= day and (row.ends_on is None or day <= row.ends_on)


def _count(database: Database, model: type) -> int:
    with database.snapshot() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0
