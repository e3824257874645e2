"""The command that counts anew: what it finds wrong, how it says so, and that it makes it good."""

import re

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from lms.db.session import Database
from lms.insights.domain.tallies import ALL_COURSES, ALL_GROUPS
from lms.insights.models import FigureCell, FigureRefused
from lms.insights.service.rounds import catch_up
from tests.factories.accounts import make_person
from tests.factories.enrollment import make_enrollment
from tests.factories.insights import make_courses

_ALL = (FigureCell.course_id == ALL_COURSES,)


@pytest.fixture
def town(app: Flask, database: Database) -> str:
    """Three people of a town who enrolled this month, counted."""
    with database.transaction() as session:
        course, *_ = make_courses(session)
        for _ in range(3):
            make_enrollment(session, course=course, person=make_person(session, town="何家乡"))
    catch_up(database)
    return "何家乡"


def told(app: Flask, *options: str) -> tuple[int, list[str]]:
    """Return how the command ended and its lines, without the month."""
    done = app.test_cli_runner().invoke(args=["insights", "recount", *options])
    return done.exit_code, re.sub(r"/\d{6} ", "/MONTH ", done.output).splitlines()


def test_where_nothing_differs_it_says_so(app: Flask, town: str) -> None:
    assert told(app) == (0, ["Every figure is what was counted."])


def test_a_number_kept_too_high_is_named_with_both(
    app: Flask, database: Database, town: str
) -> None:
    with database.transaction() as session:
        session.execute(update(FigureCell).where(*_ALL).values(enrolled=4))
    code, lines = told(app)
    assert code == 1
    assert lines == [
        f"330822/{town}/{ALL_GROUPS}/{ALL_COURSES}/MONTH enrolled: kept 4, counted 3",
        "Figures that differ: 1.",
    ]


def test_a_cell_that_went_missing_is_named(app: Flask, database: Database, town: str) -> None:
    with database.transaction() as session:
        session.execute(delete(FigureCell).where(*_ALL))
    place = f"330822/{town}/{ALL_GROUPS}/{ALL_COURSES}/MONTH"
    code, lines = told(app)
    assert code == 1
    assert f"{place} enrolled: kept 0, counted 3" in lines
    assert f"{place} people_enrolled: kept 0, counted 3" in lines


def test_lost_time_that_nobody_lost_is_named(app: Flask, database: Database, town: str) -> None:
    names = ("county_code", "town", "person_group", "course_id", "month")
    with database.transaction() as session:
        cell = session.execute(select(FigureCell).where(~_ALL[0])).scalars().one()
        place = {name: getattr(cell, name) for name in names}
        session.execute(insert(FigureRefused).values(**place, reason="hidden", ms=5_000))
    code, lines = told(app)
    assert code == 1
    assert [line.partition("MONTH ")[2] for line in lines[:-1]] == [
        "refused:hidden: kept 5000, counted 0"
    ]


def test_what_differs_is_made_good(app: Flask, database: Database, town: str) -> None:
    with database.transaction() as session:
        session.execute(update(FigureCell).values(enrolled=4))
    code, lines = told(app, "--repair")
    assert (code, lines[-1]) == (0, "Every figure is what was counted.")
    assert told(app) == (0, ["Every figure is what was counted."])
