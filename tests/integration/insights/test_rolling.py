"""The rolled-up figures are what the base tables say, whatever happens in whatever order."""

from contextlib import suppress

import pytest
from sqlalchemy import func, select, text, update

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.insights.domain.tallies import ALL_COURSES
from lms.insights.models import FigureCell
from lms.insights.queries.recount import Difference, differences
from lms.insights.service import rolling
from lms.insights.service.rounds import catch_up
from lms.insights.tasks import roll_up
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_enrollment
from tests.factories.handed_claims import make_paid_claims
from tests.factories.insights import change_something, dice, make_courses, make_history, study


def found(database: Database) -> list[Difference]:
    with database.snapshot() as session:
        return differences(session)


def total(database: Database, name: str) -> int:
    with database.snapshot() as session:
        return (
            session.scalar(
                select(func.sum(getattr(FigureCell, name))).where(
                    FigureCell.course_id == ALL_COURSES
                )
            )
            or 0
        )


@pytest.mark.parametrize("seed", range(3))
def test_after_any_history_the_roll_up_is_what_a_recount_says(
    database: Database, settings: Settings, seed: int
) -> None:
    random = dice(seed)
    with database.transaction() as session:
        courses = make_courses(session)
        make_history(session, random, courses)
        if seed == 0:
            make_paid_claims(session, keys_of(settings), 2)
    catch_up(database)
    assert found(database) == []
    for _ in range(8):
        with database.transaction() as session:
            change_something(session, random, courses)
        if random.random() < 0.5:
            catch_up(database)
            assert found(database) == []
    catch_up(database)
    assert found(database) == []
    assert total(database, "enrolled") >= total(database, "people_enrolled") > 0
    assert total(database, "credited_ms") > 0
    if seed == 0:
        assert (total(database, "people_paid"), total(database, "paid_fen")) == (2, 120_000)


def test_one_person_twice_in_a_county_is_counted_once(database: Database) -> None:
    with database.transaction() as session:
        courses, person = make_courses(session), make_person(session, town="何家乡")
        for made in courses[:2]:
            make_enrollment(session, course=made, person=person, status=EnrollmentStatus.COMPLETED)
    catch_up(database)
    assert (total(database, "enrolled"), total(database, "people_enrolled")) == (2, 1)
    assert (total(database, "completed"), total(database, "people_trained")) == (2, 1)


def test_a_change_that_nothing_notes_is_found_and_made_good(database: Database) -> None:
    with database.transaction() as session:
        courses = make_courses(session)
        make_history(session, dice(5), courses)
    catch_up(database)
    with database.transaction() as session:
        drop = "DROP TRIGGER person_counts_update"
        session.execute(text(drop if database.is_sqlite else f"{drop} ON person"))
        session.execute(update(Person).values(town="招贤镇"))
    catch_up(database)
    assert {each.figure.name for each in found(database)} >= {"enrolled", "people_enrolled"}
    with database.transaction() as session:
        rolling.start_over(session)
    catch_up(database)
    assert found(database) == []


def test_hours_wait_until_nothing_older_can_appear(database: Database, settings: Settings) -> None:
    with database.transaction() as session:
        courses = make_courses(session)
        taken = make_enrollment(session, course=courses[0])
    roll_up(database, settings)
    with database.transaction() as session:
        study(session, dice(1), taken, courses[0])
    for _ in range(3):
        roll_up(database, settings)
    assert total(database, "credited_ms") == 0
    for _ in range(2):
        with database.transaction() as session:
            mark = rolling.locked_mark(session)
            assert mark.seen_at is not None
            mark.seen_at -= rolling.SETTLED
        roll_up(database, settings)
    assert total(database, "credited_ms") > 0
    assert found(database) == []


def test_a_step_that_is_cut_off_leaves_nothing_behind(database: Database) -> None:
    with database.transaction() as session:
        make_history(session, dice(2), make_courses(session))
    with suppress(KeyboardInterrupt), database.transaction() as session:
        rolling.count_people(session, limit=2)
        raise KeyboardInterrupt
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(FigureCell)) == 0
    catch_up(database)
    assert found(database) == []
