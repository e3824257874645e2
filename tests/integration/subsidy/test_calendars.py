"""Years entered at the desk: the newest counts, none is rewritten, of two at once one stays."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DatabaseError

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.domain.workdays import Holiday, WorkCalendar
from lms.subsidy.gateway.calendars import calendar_files
from lms.subsidy.models import WorkCalendarEntry
from tests.factories.accounts import make_person
from tests.support.databases import drop_trigger

YEAR = 2026
FILE = next(each for each in calendar_files() if each.year == YEAR)
NEXT = WorkCalendar(
    2027, "通知", date(2026, 11, 5), (Holiday("元旦", date(2027, 1, 1), date(2027, 1, 3)),), ()
)


@pytest.fixture
def clerk(database: Database) -> Actor:
    with database.transaction() as session:
        person = make_person(session, name="周敏")
        grant = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.PLATFORM))
        return Actor(person.id, person.name, (grant,), sign_in_id=0)


def enter(database: Database, clerk: Actor, calendar: WorkCalendar, shown: str) -> None:
    with database.transaction() as session:
        service.enter_calendar(
            session,
            actor=clerk,
            calendar=calendar,
            shown=shown,
            files=calendar_files(),
            now=now(session),
        )


def known(database: Database) -> dict[int, WorkCalendar]:
    with database.snapshot() as session:
        return dict(queries.calendars(session, calendar_files()).by_year)


def test_the_newest_entry_of_a_year_counts_before_its_file(
    database: Database, clerk: Actor
) -> None:
    enter(database, clerk, NEXT, "")
    # A day was forgotten, which a later entry adds; and another year's file is corrected.
    better = replace(NEXT, workdays=(date(2027, 1, 9),))
    enter(database, clerk, better, NEXT.sha256)
    other = replace(FILE, workdays=FILE.workdays[1:])
    enter(database, clerk, other, FILE.sha256)
    assert known(database)[2027] == better
    assert known(database)[YEAR] == other
    with pytest.raises(Conflict, match="calendar_changed"):
        enter(database, clerk, NEXT, NEXT.sha256)
    with pytest.raises(Conflict, match="calendar_known"):
        enter(database, clerk, better, better.sha256)


def test_an_entry_is_never_rewritten_until_the_trigger_is_dropped(
    database: Database, clerk: Actor
) -> None:
    enter(database, clerk, NEXT, "")
    for verb, statement in (
        ("update", update(WorkCalendarEntry).values(sha256="0" * 64)),
        ("delete", delete(WorkCalendarEntry)),
    ):
        with (
            pytest.raises(DatabaseError, match="never change"),
            database.transaction() as session,
        ):
            session.execute(statement)
        drop_trigger(database, f"work_calendar_no_{verb}", "work_calendar")
        with database.transaction() as session:
            session.execute(statement)


def test_two_entries_made_at_once_are_one_until_the_index_is_dropped(
    database: Database, clerk: Actor
) -> None:
    enter(database, clerk, NEXT, "")
    copied = text(
        "INSERT INTO work_calendar (id, year, number, content, sha256, entered_by_id, entered_at) "
        "SELECT id + 1, year, number, content, sha256, entered_by_id, entered_at FROM work_calendar"
    )
    with pytest.raises(DatabaseError, match=r"(?i)unique"), database.transaction() as session:
        session.execute(copied)
    with database.transaction() as session:
        session.execute(text("DROP INDEX uq_work_calendar_number"))
        session.execute(copied)
        assert len(session.scalars(select(WorkCalendarEntry.number)).all()) == 2
