"""The completions page: what it shows to whom, and what it refuses."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest

from lms.catalog.models import Institution
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from lms.enrollment.domain import EnrollmentStatus
from lms.roster.domain.filters import Place
from tests.factories.accounts import COUNTY, make_person
from tests.factories.enrollment import make_enrollment
from tests.factories.roster import NEIGHBOUR, Small
from tests.support.site import Client
from tests.support.statements import assert_cheap, assert_few_statements

PAGE = "/staff/completions"
LATER = datetime(2030, 1, 1, tzinfo=UTC)


def test_an_administrator_sees_who_completed_with_hours_and_masked_phone(open_desk) -> None:
    text = open_desk().get(PAGE).text
    assert "程建军" in text
    assert "139****2217" in text
    assert "13900002217" not in text
    assert ">2.0<" in text
    assert "90%" in text
    assert "占小燕" not in text
    assert "毛丽娟" not in text
    assert "1 人次" in text or "1 enrollment" in text


def test_the_other_tab_says_what_is_missing(open_desk) -> None:
    text = open_desk().get(PAGE, query_string={"status": "active"}).text
    assert "占小燕" in text
    assert "程建军" not in text
    assert "<b>A04</b> 读一读" in text


def test_everything_of_the_page_is_there_in_english(open_desk) -> None:
    text = open_desk().get(PAGE, query_string={"lang": "en", "status": "all"}).text
    assert "Completions and rosters" in text
    assert "Still missing" in text
    assert '<html lang="en"' in text


def test_an_administrator_of_another_county_sees_their_own_people_alone(open_desk) -> None:
    text = open_desk(county_code=NEIGHBOUR).get(PAGE).text
    assert "毛丽娟" in text
    assert "程建军" not in text


@pytest.mark.parametrize(
    "query", [{"county": NEIGHBOUR}, {"course": "no-such-course"}, {"institution": "nobodys"}]
)
def test_a_place_out_of_reach_is_not_found(open_desk, query: dict[str, str]) -> None:
    answer = open_desk().get(PAGE, query_string=query)
    assert answer.status_code == 404
    assert "毛丽娟" not in answer.text


def test_a_course_administrator_may_not_ask_for_foreign_courses(
    database: Database, small: Small, open_desk
) -> None:
    with database.transaction() as session:
        other = make_enrollment(session).course_id
    browser = open_desk(scope=Scope(ScopeKind.COURSE, str(other)))
    assert browser.get(PAGE, query_string={"course": small.course.course.slug}).status_code == 404
    assert "程建军" not in browser.get(PAGE, query_string={"status": "all"}).text


def test_a_learner_an_instructor_and_a_mentor_are_refused(open_desk) -> None:
    for role in (Role.LEARNER, Role.INSTRUCTOR, Role.MENTOR):
        answer = open_desk(role).get(PAGE)
        assert answer.status_code == 403
        assert "程建军" not in answer.text


@pytest.mark.usefixtures("small")
def test_a_visitor_is_sent_to_sign_in_and_comes_back(client: Client) -> None:
    answer = client.get(PAGE, query_string={"status": "all"})
    assert answer.status_code == 302
    assert "/sign-in?next=" in answer.location
    assert "status" in answer.location


def test_a_supervisor_reads_but_is_offered_no_export(open_desk) -> None:
    text = open_desk(Role.SUPERVISOR).get(PAGE).text
    assert "程建军" in text
    assert 'id="exp"' not in text
    assert 'id="exp"' in open_desk().get(PAGE).text


@pytest.mark.parametrize(
    "query",
    [
        {"from": "soon"},
        {"from": "2026-06-01", "to": "2026-05-01"},
        {"status": "nonsense"},
        {"after": "-1"},
        {"after": "9" * 30},
        {"before": "x"},
        {"limit": "many"},
        {"class": "2026-3"},
        {"q": "x" * 100},
        {"town": "a\x00b"},
    ],
)
def test_filters_that_do_not_fit_are_refused_with_a_sentence(
    open_desk, query: dict[str, str]
) -> None:
    answer = open_desk().get(PAGE, query_string=query)
    assert answer.status_code == 422
    assert "程建军" not in answer.text


def test_a_cursor_from_elsewhere_shows_nothing_of_others(open_desk, small: Small) -> None:
    """The cursor is a place in the list, not a right: beyond a foreign row lie only own rows."""
    browser = open_desk()
    after = browser.get(
        PAGE, query_string={"after": str(Place(LATER, small.foreign.id)), "status": "all"}
    ).text
    before = browser.get(PAGE, query_string={"before": "0-1", "status": "all"}).text
    assert "程建军" in after
    assert "毛丽娟" not in after + before


def test_pages_lead_forth_and_back(open_desk, database: Database, small: Small) -> None:
    with database.transaction() as session:
        for number in range(3):
            person = make_person(session, name=f"第{number}人")
            make_enrollment(
                session, course=small.course, person=person, status=EnrollmentStatus.COMPLETED
            )
    browser = open_desk()
    first = browser.get(PAGE, query_string={"limit": 2}).text
    assert "第2人" in first
    assert "第0人" not in first
    address = first.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    second = browser.get(address).text
    assert "第0人" in second
    back = second.split('rel="prev" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "第2人" in browser.get(back).text


def test_names_are_inert_on_the_page(open_desk, database: Database, small: Small) -> None:
    with database.transaction() as session:
        person = make_person(session, name="<script>alert(1)</script>", town='"><img src=x>')
        make_enrollment(
            session, course=small.course, person=person, status=EnrollmentStatus.COMPLETED
        )
    text = open_desk().get(PAGE).text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "<script>alert" not in text
    assert "<img src=x>" not in text


def test_removing_a_filter_keeps_the_others(open_desk) -> None:
    text = open_desk().get(PAGE, query_string={"town": "何家乡", "q": "程", "after": "9-9"}).text
    assert 'href="/staff/completions?q=%E7%A8%8B"' in text
    assert 'href="/staff/completions?town=%E4%BD%95%E5%AE%B6%E4%B9%A1"' in text


def test_an_empty_list_says_so_and_offers_a_way_out(open_desk) -> None:
    text = open_desk().get(PAGE, query_string={"q": "没有这个人"}).text
    assert "<table" not in text
    assert "/staff/completions?status=all" in text


def test_the_drawer_asks_for_a_proof_first_where_the_last_one_is_old(open_desk) -> None:
    old = open_desk(confirmed=timedelta(minutes=11)).get(
        PAGE, query_string={"export": 1, "q": "程"}
    )
    assert "/confirm?next=" in old.text
    assert 'name="purpose"' not in old.text
    assert 'name="purpose"' in open_desk().get(PAGE, query_string={"export": 1}).text


def test_the_index_leads_to_the_dashboard(open_desk) -> None:
    assert open_desk().get("/staff/").location == "/staff/figures"


@pytest.mark.parametrize("scope", [Scope(ScopeKind.PLATFORM), Scope(ScopeKind.COUNTY, COUNTY)])
@pytest.mark.parametrize("status", ["", "active", "all"])
@pytest.mark.parametrize("narrowed", ["", "narrowed"])
def test_the_desk_stays_within_its_statements(
    database: Database, small: Small, open_desk, scope: Scope, status: str, narrowed: str
) -> None:
    query = {"status": status, "q": "占"}
    if narrowed:
        course = small.course.course
        with database.snapshot() as session:
            school = session.get(Institution, course.institution_id)
        query |= {"county": COUNTY, "course": course.slug, "institution": school.slug}
    browser = open_desk(scope=scope)
    assert_few_statements(browser, database, f"{PAGE}?{urlencode(query)}")


@pytest.mark.parametrize("path", ["/staff/exports", "learner"])
def test_other_desk_pages_stay_within_their_statements(
    database: Database, small: Small, open_desk, path: str
) -> None:
    address = f"/staff/learners/{small.half.person_id}" if path == "learner" else path
    assert_cheap(open_desk(), database, address)
