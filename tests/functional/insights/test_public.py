"""The public figures: months that are over, no count that tells of few, for anybody."""

from datetime import datetime

import pytest
from sqlalchemy import update

from lms.core.clock import from_wall_clock
from lms.db.session import Database
from lms.insights.domain.tallies import Cell
from lms.insights.models import FigureMark
from lms.insights.service import rolling
from tests.factories.accounts import COUNTY, make_county
from tests.factories.catalog import make_course

PAGE = "/figures"


@pytest.fixture
def june(database: Database) -> None:
    """May is over; a small town among larger ones, and June is not over."""
    with database.transaction() as session:
        make_county(session, COUNTY)
        course = make_course(session).course.id
        rolling.locked_mark(session)
        at = from_wall_clock(datetime(2026, 6, 15, 9))  # noqa: DTZ001 (a wall clock)
        session.execute(update(FigureMark).values(as_of=at))
        for month, counts in ((202605, (286, 241, 3)), (202606, (7, 7, 7))):
            for town, completed in zip(("天马街道", "球川镇", "新昌乡"), counts, strict=True):
                cell = Cell(COUNTY, town, "", course, month)
                rolling.add_cells(session, {cell: {"completed": completed, "enrolled": completed}})


def test_anybody_sees_a_month_that_is_over_without_its_small_numbers(client, june) -> None:
    answer = client.get(f"{PAGE}?lang=en")
    assert answer.headers["Cache-Control"].startswith("public")
    assert "530" in answer.text
    assert "fewer than 5" in answer.text
    assert "not shown" in answer.text
    assert ">3<" not in answer.text
    assert client.get(f"{PAGE}?month=2026-06").status_code == 404
    rows = client.get(f"{PAGE}/town.csv?lang=en").data.decode("utf-8-sig").splitlines()
    assert rows[1:] == [
        "天马街道,not shown",
        "新昌乡,fewer than 5",
        "球川镇,241",
        "The whole county,530",
    ]


def test_before_a_month_is_over_there_is_nothing_to_show(client, database: Database) -> None:
    with database.transaction() as session:
        make_county(session, COUNTY)
    assert "No month to show yet" in client.get(f"{PAGE}?lang=en").text


def test_the_page_of_who_is_signed_in_is_kept_by_nobody(open_desk, june) -> None:
    assert open_desk().get(PAGE).headers["Cache-Control"] == "no-store"
