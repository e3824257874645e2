"""What a class brings to a judgement: its first day, time in person, sessions, a listing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.db.session import Database, now
from lms.enrollment import queries as classes
from lms.enrollment import service as enrollment
from lms.enrollment.domain import AttendanceSource, Mark, SessionState
from lms.enrollment.models import ClassSession, ClassWait, Enrollment
from lms.enrollment.service import seats
from lms.subsidy import queries
from lms.subsidy.domain.assembly import facts_of
from lms.subsidy.domain.facts import Facts, StudyDay
from lms.subsidy.models import EligibilityDue
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_class, make_session
from tests.factories.subsidy import TODAY, Subsidised, make_watched

BEGINS = datetime(2026, 5, 4, 0, tzinfo=UTC)


def someone(session: Session) -> Actor:
    return Actor(make_person(session).id, "陈玉兰", (), sign_in_id=0)


@pytest.fixture
def class_id(database: Database, own: Subsidised) -> int:
    """Put her into a class that began on 20 April, before she joined."""
    with database.transaction() as session:
        row = make_class(
            session, own.course, starts_on=date(2026, 4, 20), county_code=own.person.county_code
        )
        taken = session.get_one(Enrollment, own.enrollment.id)
        taken.training_class_id = row.id
        return row.id


def facts(database: Database, own: Subsidised) -> Facts:
    with database.snapshot() as session:
        read = queries.dossiers(session, [own.person.id])
    dossier = read.people[own.person.id]
    return facts_of(dossier, read.programmes["anchor-l5"], today=TODAY)


def hold(
    database: Database,
    class_id: int,
    *people: int,
    begins: datetime = BEGINS,
    required: bool = True,
) -> int:
    """Hold a session of two hours that the people came to."""
    with database.transaction() as session:
        held = make_session(
            session,
            classes.locked_class(session, class_id),
            starts_at=begins,
            ends_at=begins + timedelta(hours=2),
            required=required,
        )
        for person_id in people:
            there = (begins, begins + timedelta(minutes=90))
            mark = Mark(held.id, person_id, there, AttendanceSource.STAFF)
            enrollment.record_attendance(
                session,
                actor_id=make_person(session).id,
                mark=mark,
                attended_ms=90 * 60_000,
                now=now(session),
            )
        return held.id


def test_training_begins_with_the_class(database: Database, own: Subsidised, class_id: int) -> None:
    assert class_id
    assert facts(database, own).training.start == date(2026, 4, 20)


def test_time_in_person_counts_on_its_day_with_time_on_line(
    database: Database, own: Subsidised, class_id: int
) -> None:
    with database.transaction() as session:
        make_watched(session, own, "A01/video", minutes=5, day="2026-05-04")
        make_watched(session, own, "A02/text", minutes=9, day="2026-05-05")
    hold(database, class_id, own.person.id)
    assert facts(database, own).study.days == (
        StudyDay(date(2026, 5, 4), 95),
        StudyDay(date(2026, 5, 5), 9),
    )


def test_a_session_that_was_held_is_a_lesson_to_come_to(
    database: Database, own: Subsidised, class_id: int
) -> None:
    lessons = facts(database, own).study.lessons_total
    hold(database, class_id, own.person.id)
    with database.transaction() as session:
        others = [make_person(session).id for _ in range(2)]
    hold(database, class_id, others[0])
    hold(database, class_id, others[1], required=False)
    hold(database, class_id)
    study = facts(database, own).study
    # The last one was planned and nobody came; the third nobody had to come to.
    assert (study.lessons_done, study.lessons_total) == (1, lessons + 2)


def test_sessions_attended_in_another_class_stand_for_those_missed_in_this_one(
    database: Database, own: Subsidised, class_id: int
) -> None:
    """She came to two sessions of the old class; the new one had held three before she came."""
    lessons = facts(database, own).study.lessons_total
    with database.transaction() as session:
        new = make_class(
            session, own.course, starts_on=date(2026, 4, 27), county_code=own.person.county_code
        ).id
        other = make_person(session).id
    for day in range(2):
        hold(database, class_id, own.person.id, begins=BEGINS + timedelta(days=day))
    hold(database, class_id, own.person.id, required=False, begins=BEGINS + timedelta(days=2))
    hold(database, class_id, other, begins=BEGINS + timedelta(days=3))
    study = facts(database, own).study
    assert (study.lessons_done, study.lessons_total) == (2, lessons + 3)
    with database.transaction() as session:
        session.get_one(Enrollment, own.enrollment.id).training_class_id = new
    study = facts(database, own).study
    # A class that held nothing yet asks for nothing; what was done elsewhere is no more than that.
    assert (study.lessons_done, study.lessons_total) == (0, lessons)
    for day in range(3):
        hold(database, new, other, begins=BEGINS + timedelta(days=day, hours=3))
    study = facts(database, own).study
    assert (study.lessons_done, study.lessons_total) == (2, lessons + 3)
    hold(database, new, own.person.id, begins=BEGINS + timedelta(days=5))
    study = facts(database, own).study
    assert (study.lessons_done, study.lessons_total) == (3, lessons + 4)


def test_what_a_class_does_lets_its_people_be_judged_again(
    database: Database, own: Subsidised, class_id: int
) -> None:
    planned = hold(database, class_id)
    for change in (
        lambda session, actor, at: enrollment.set_session_state(
            session,
            actor=actor,
            row=session.get_one(ClassSession, planned),
            state=SessionState.CANCELLED,
            now=at,
        ),
        lambda session, actor, at: enrollment.change_class(
            session,
            actor=actor,
            training_class=classes.locked_class(session, class_id),
            plan=enrollment.Plan("秋季班", date(2026, 4, 21)),
            now=at,
        ),
    ):
        forget_marks(database)
        with database.transaction() as session:
            change(session, someone(session), now(session))
        assert due(database, own) == 1


def forget_marks(database: Database) -> None:
    with database.transaction() as session:
        session.execute(delete(EligibilityDue))


def due(database: Database, own: Subsidised) -> int:
    with database.snapshot() as session:
        return (
            session.scalar(
                select(func.count())
                .select_from(EligibilityDue)
                .where(
                    EligibilityDue.person_id == own.person.id,
                    EligibilityDue.programme_id == own.programme.id,
                )
            )
            or 0
        )


@pytest.mark.parametrize("way", ["staff", "line", "roster"])
def test_whoever_gets_a_seat_is_judged_again(database: Database, own: Subsidised, way: str) -> None:
    with database.transaction() as session:
        row = make_class(session, own.course, county_code=own.person.county_code, capacity=1)
        if way == "line":
            at = now(session)
            session.add(ClassWait(training_class_id=row.id, person_id=own.person.id, asked_at=at))
        elif way == "roster":
            # She left, and comes back with a list.
            session.get_one(Enrollment, own.enrollment.id).status = "withdrawn"
    forget_marks(database)
    with database.transaction() as session:
        locked, at = classes.locked_class(session, row.id), now(session)
        assert locked is not None
        if way == "staff":
            taken = session.get_one(Enrollment, own.enrollment.id)
            seats.put_in_class(session, taken, locked, now=at)
        elif way == "line":
            assert seats.seat_waiting(session, locked, now=at) == 1
        else:
            enrollment.fill_class(session, training_class=locked, people=[own.person.id], now=at)
    with database.snapshot() as session:
        seated = select(Enrollment.person_id).where(Enrollment.training_class_id == row.id)
        assert session.scalars(seated).all() == [own.person.id]
    assert due(database, own) == 1
