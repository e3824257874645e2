"""The dashboard and its tables: what they say, to whom, at what cost, and the budget."""

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.insights.models import FigureCell, SubsidyBudget
from lms.insights.service.rounds import catch_up
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR, Small
from tests.support.statements import assert_cheap

PAGE = "/staff/figures"
TABLES = f"{PAGE}/by/town"


@pytest.fixture
def counted(database: Database, small: Small) -> Small:
    catch_up(database)
    return small


def test_the_dashboard_says_who_completed_where(open_desk, counted: Small) -> None:
    page = open_desk().get(f"{PAGE}?month=2026-05&lang=en").text
    assert "Changshan County" in page or "2026-05" in page
    assert "何家乡" in page
    assert "100%" in page
    assert "贺村镇" not in page
    assert "Nobody entered a budget for this year." in page


def test_a_county_without_anybody_is_told_so_plainly(open_desk) -> None:
    assert "Nobody enrolled here yet" in open_desk().get(f"{PAGE}?lang=en").text


@pytest.mark.parametrize("query", [f"county={NEIGHBOUR}", "course=nobodys", "institution=none"])
def test_what_is_out_of_reach_is_not_found(open_desk, counted: Small, query: str) -> None:
    for page in (PAGE, TABLES, f"{TABLES}.csv", f"{PAGE}/steps.csv"):
        assert open_desk().get(f"{page}?{query}").status_code == 404


def test_a_month_that_is_none_is_named(open_desk) -> None:
    assert open_desk().get(f"{PAGE}?month=2026-13").status_code == 422
    assert open_desk().get(f"{PAGE}/by/sex").status_code == 404


def test_page_and_file_hold_the_same_numbers_and_no_cell_calculates(
    open_desk, database: Database, counted: Small
) -> None:
    with database.transaction() as session:
        session.execute(text("UPDATE person SET town = '=cmd' WHERE town = '何家乡'"))
    catch_up(database)
    answer = open_desk().get(f"{TABLES}.csv?lang=en")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Town,People enrolled,Enrolments")
    assert any(line.startswith("'=cmd,1,1,") for line in lines)
    assert ">=cmd<" in open_desk().get(TABLES).text


def test_a_supervisor_looks_and_enters_no_budget(open_desk, counted: Small) -> None:
    desk = open_desk(Role.SUPERVISOR)
    assert desk.get(PAGE).status_code == 200
    assert f'href="{PAGE}/budget' not in desk.get(PAGE).text
    assert desk.get(f"{PAGE}/budget").status_code == 403


def test_who_answers_for_an_institution_alone_sees_its_courses(open_desk, counted: Small) -> None:
    own = Scope(ScopeKind.INSTITUTION, str(counted.course.course.institution_id))
    assert "毛丽娟" not in open_desk(Role.SUPERVISOR, own).get(TABLES).text
    other = Scope(ScopeKind.INSTITUTION, "999999")
    page = open_desk(Role.SUPERVISOR, other).get(f"{TABLES}?lang=en").text
    assert "Nothing fits these filters" in page


def test_a_budget_is_entered_shown_and_warned_of(
    open_desk, database: Database, counted: Small
) -> None:
    desk, year = open_desk(), local_day(utc_now()).year
    with database.transaction() as session:
        session.execute(
            text("UPDATE figure_cell SET paid_fen = 9100000, month = :month WHERE completed = 1"),
            {"month": year * 100 + 1},
        )
    sent = {"county": COUNTY, "year": year, "amount": "100,000"}
    bad = desk.post(f"{PAGE}/budget?lang=en", data={**sent, "amount": "-5"})
    assert (bad.status_code, "like 900000" in bad.text) == (422, True)
    assert desk.post(f"{PAGE}/budget", data={**sent}).status_code == 302
    assert "91% of the budget is used." in desk.get(f"{PAGE}?lang=en").text
    foreign = desk.post(f"{PAGE}/budget", data={**sent, "county": NEIGHBOUR})
    assert foreign.status_code == 404
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text("UPDATE subsidy_budget SET amount_fen = 1"))
    with database.snapshot() as session:
        assert session.scalars(select(SubsidyBudget.amount_fen)).all() == [10_000_000]


@pytest.mark.parametrize("page", [PAGE, TABLES, f"{PAGE}/by/programme", f"{PAGE}?town=何家乡"])
def test_pages_take_few_statements_and_read_no_large_table(
    open_desk, database: Database, counted: Small, page: str
) -> None:
    assert_cheap(open_desk(), database, page)
    with database.snapshot() as session:
        assert session.scalar(select(FigureCell.enrolled).limit(1)) is not None
