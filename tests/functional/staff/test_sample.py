"""The spot check: a seed draws, and the same seed draws the same again."""

import re

import pytest

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from tests.factories.accounts import COUNTY, make_person
from tests.factories.catalog import lesson, make_course, reading
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_few_statements

PAGE = "/supervision/sample"


@pytest.fixture
def crowd(database: Database, small: Small) -> Small:
    """Forty more learners of the county."""
    with database.transaction() as session:
        for number in range(40):
            person = make_person(session, name=f"学员{number}")
            make_enrollment(session, course=small.course, person=person)
    return small


def drawn(browser: Client, **query: object) -> list[int]:
    page = browser.get(PAGE, query_string={"n": 5, **query}).text
    return [int(each) for each in re.findall(r'href="/supervision/learners/(\d+)"', page)]


def test_a_bare_page_offers_a_fresh_seed_and_draws_nobody(
    open_desk: OpenDesk, crowd: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    seeds = {
        re.search(r'name="seed"[^>]*value="([^"]+)"', browser.get(PAGE).text)[1] for _ in range(3)
    }
    assert len(seeds) == 3
    assert drawn(browser) == []


def test_the_same_seed_draws_the_same_learners_for_anybody(
    open_desk: OpenDesk, crowd: Small
) -> None:
    first = drawn(open_desk(Role.SUPERVISOR), seed="2026-05")
    assert len(set(first)) == 5
    assert drawn(open_desk(), seed="2026-05") == first
    assert drawn(open_desk(), seed="2026-06") != first


def test_the_address_of_a_draw_draws_it_again_when_others_have_joined(
    open_desk: OpenDesk, database: Database, crowd: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    page = browser.get(PAGE, query_string={"n": 20, "seed": "s", "status": "all"}).text
    kept = re.search(r'href="([^"]*upto=[^"]*)"', page)[1].replace("&amp;", "&")
    before = re.findall(r"/supervision/learners/\d+", page)
    with database.transaction() as session:
        for _ in range(40):
            make_enrollment(session, course=crowd.course, person=make_person(session))
    assert re.findall(r"/supervision/learners/\d+", browser.get(kept).text) == before
    now = browser.get(PAGE, query_string={"n": 20, "seed": "s", "status": "all"}).text
    assert re.findall(r"/supervision/learners/\d+", now) != before


def test_a_learner_with_two_courses_is_drawn_once_with_both(
    open_desk: OpenDesk, database: Database, small: Small
) -> None:
    with database.transaction() as session:
        other = make_course(session, lessons=[lesson("B01", reading())])
        person = make_person(session, name="两门课")
        for course in (small.course, other):
            make_enrollment(session, course=course, person=person)
    browser = open_desk(Role.SUPERVISOR)
    page = browser.get(PAGE, query_string={"n": 50, "seed": "s"}).text
    assert page.count("两门课") == 2
    assert "从 4 名学员中抽了 4 名" in page


def test_only_what_the_filters_and_scopes_hold_is_drawn(
    open_desk: OpenDesk, database: Database, crowd: Small
) -> None:
    browser = open_desk(Role.SUPERVISOR)
    everybody = drawn(browser, seed="s", n=50)
    assert crowd.foreign.person_id not in everybody
    assert len(everybody) == 43
    finished = drawn(browser, seed="s", status=EnrollmentStatus.COMPLETED.value)
    assert finished == [crowd.finished.person_id]
    assert browser.get(PAGE, query_string={"seed": "s", "county": NEIGHBOUR}).status_code == 404
    assert browser.get(PAGE, query_string={"seed": "s", "course": "none"}).status_code == 404


@pytest.mark.parametrize("query", [{"n": "x"}, {"upto": "-1"}, {"seed": "x" * 41}])
def test_what_cannot_be_drawn_is_refused(open_desk: OpenDesk, query: dict[str, str]) -> None:
    assert open_desk(Role.SUPERVISOR).get(PAGE, query_string=query).status_code == 422


def test_an_empty_draw_says_so(open_desk: OpenDesk) -> None:
    page = open_desk(Role.SUPERVISOR).get(PAGE, query_string={"seed": "s", "q": "没有这个人"}).text
    assert "<table" not in page
    assert "没有" in page


@pytest.mark.parametrize("scope", [Scope(ScopeKind.PLATFORM), Scope(ScopeKind.COUNTY, COUNTY)])
def test_a_draw_stays_within_its_statements(
    open_desk: OpenDesk, database: Database, crowd: Small, scope: Scope
) -> None:
    browser = open_desk(Role.SUPERVISOR, scope)
    assert_few_statements(browser, database, f"{PAGE}?seed=s&n=10")
