"""The page of who is behind, and the call: what is shown, to whom, and what is written down."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.roster.models import Export, ExportSchedule
from lms.web.limits import Limit
from tests.factories.behind import make_behind, make_learner
from tests.factories.roster import NEIGHBOUR, Small
from tests.support.site import Jobs
from tests.support.statements import assert_few_statements

PAGE = "/staff/behind"
_NAME = r'<th scope="row"><a class="nb" href="[^"]+">([^<]+)<'


@pytest.fixture
def made(database: Database, small: Small) -> dict[str, Enrollment]:
    with database.transaction() as session:
        return make_behind(session, small, local_day(utc_now()))


def acts(database: Database) -> list[tuple[str, dict]]:
    with database.snapshot() as session:
        found = session.scalars(select(AuditEntry).where(AuditEntry.action == "phone.shown"))
        return [(each.subject, each.details) for each in found]


@pytest.mark.usefixtures("made")
def test_the_page_says_who_why_and_what_is_missing_with_masked_numbers(
    open_desk, database: Database
) -> None:
    browser = open_desk()
    text = browser.get(PAGE).text
    assert re.findall(_NAME, text) == [*("过期", "快了", "占小燕", "没声", "没学")]
    assert "班期已过 2 天" in text
    assert "报名 10 天还没开始学。" in text
    assert "<b>A04</b> 读一读" in text
    assert not re.search(r"1[3-9]\d{9}", text)
    english = browser.get(PAGE, query_string={"lang": "en", "reason": "over"}).text
    assert "Class over for 2 days" in english
    assert "没声" not in english
    assert_few_statements(browser, database, PAGE)


def test_a_neighbour_sees_nobody_and_calls_nobody(
    open_desk, database: Database, made: dict[str, Enrollment]
) -> None:
    browser = open_desk(county_code=NEIGHBOUR)
    text = browser.get(PAGE).text
    assert "邻县" in text
    assert "没声" not in text
    assert browser.get(PAGE, query_string={"county": "330822"}).status_code == 404
    assert browser.post(f"{PAGE}/{made['没声'].id}/call").status_code == 404
    assert open_desk(Role.INSTRUCTOR).post(f"{PAGE}/{made['没声'].id}/call").status_code == 403
    assert acts(database) == []


@pytest.mark.usefixtures("made")
def test_a_desk_of_several_counties_chooses_one_first(open_desk) -> None:
    browser = open_desk(scope=Scope(ScopeKind.PLATFORM))
    text = browser.get(PAGE).text
    assert "没声" not in text
    assert f'href="{PAGE}?county={NEIGHBOUR}"' in text
    chosen = browser.get(PAGE, query_string={"county": NEIGHBOUR}).text
    assert re.findall(_NAME, chosen) == ["邻县"]


@pytest.mark.parametrize(
    "query", [{"reason": "lazy"}, {"after": "1-2"}, {"before": "x"}, {"class": "first"}]
)
def test_what_does_not_fit_is_refused_with_a_sentence(open_desk, query: dict[str, str]) -> None:
    assert open_desk().get(PAGE, query_string=query).status_code == 422


def test_nobody_behind_is_said_kindly(open_desk, database: Database, small: Small) -> None:
    browser = open_desk(county_code="330803")
    assert "<table" not in browser.get(PAGE).text
    assert "没有人落下" in browser.get(PAGE).text
    assert f'href="{PAGE}"' in browser.get(PAGE, query_string={"reason": "over"}).text


def test_a_call_shows_the_number_once_and_is_written_down_without_it(
    open_desk, database: Database, small: Small
) -> None:
    with database.transaction() as session:
        today = local_day(utc_now())
        silent = make_learner(session, small, "没声", enrolled=today - timedelta(days=9))
    browser = open_desk(Role.SUPERVISOR)
    answer = browser.post(f"{PAGE}/{silent.id}/call?reason=silent&town=")
    number = re.search(r'href="tel:(1\d{10})"', answer.text)
    assert number
    assert "报名 9 天还没开始学。" in answer.text
    assert 'href="/staff/behind?reason=silent"' in answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    ((subject, details),) = acts(database)
    assert subject == f"person:{silent.person_id}"
    assert details == {"enrollment": silent.id, "reason": "silent"}
    assert browser.get(f"{PAGE}/{silent.id}/call").status_code == 405


def test_who_is_not_behind_any_more_is_not_called(
    open_desk, database: Database, small: Small, made: dict[str, Enrollment]
) -> None:
    browser = open_desk()
    for record in (made["在学"].id, small.finished.id):
        answer = browser.post(f"{PAGE}/{record}/call")
        assert (answer.status_code, answer.location) == (303, PAGE)
    assert browser.post(f"{PAGE}/{made['销号'].id}/call").status_code == 303
    assert acts(database) == []


def test_numbers_are_not_looked_at_by_the_hundred(
    open_desk, database: Database, made: dict[str, Enrollment], monkeypatch: pytest.MonkeyPatch
) -> None:
    module = import_module("lms.staff.views.behind")
    monkeypatch.setattr(module, "_HOUR", Limit("phone-shown-hour", 2, 3600))
    browser, other = open_desk(), open_desk()
    answers = [browser.post(f"{PAGE}/{made['没声'].id}/call").status_code for _ in range(3)]
    assert answers == [200, 200, 429]
    assert other.post(f"{PAGE}/{made['没声'].id}/call").status_code == 200
    assert len(acts(database)) == 3


@pytest.mark.usefixtures("made")
def test_the_export_of_the_page_holds_what_it_shows(
    open_desk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk()
    form = {"kind": "behind", "format": "csv", "purpose": "打电话", "language": "zh"}
    answer = browser.post("/staff/exports?reason=silent", data=form)
    assert answer.location == f"{PAGE}?reason=silent&export=1"
    run_jobs()
    with database.snapshot() as session:
        (made,) = session.scalars(select(Export)).all()
    assert (made.kind, made.rows_total) == ("behind", 3)
    file = browser.get(f"/exports/{made.id}", buffered=True).data.decode("utf-8-sig")
    page = browser.get(PAGE, query_string={"reason": "silent"}).text
    names = re.findall(_NAME, page)
    found = [name for line in file.splitlines() for name in names if f",{name}," in line]
    assert found == names == ["占小燕", "没声", "没学"]
    wrong = {**form, "kind": "completions"}
    assert browser.post("/staff/exports?reason=silent", data=wrong).status_code == 422
    body = {**form, "filters": {"reason": "over"}}
    assert browser.post("/api/v1/exports", json=body).status_code == 202


@pytest.mark.usefixtures("made")
def test_the_drawer_leads_to_a_monthly_list_of_who_is_behind(open_desk, database: Database) -> None:
    browser = open_desk()
    text = browser.get(PAGE, query_string={"reason": "silent"}).text
    address = "/staff/exports/schedules?reason=silent&amp;kind=behind"
    assert f'href="{address}"' in text
    form = browser.get(address.replace("&amp;", "&")).text
    assert "好久没学" in form
    assert 'name="kind" value="behind"' in form
    sent = {"kind": "behind", "format": "csv", "purpose": "每月", "language": "zh", "day": "5"}
    assert browser.post("/staff/exports/schedules?reason=silent", data=sent).status_code == 302
    with database.snapshot() as session:
        (made,) = session.scalars(select(ExportSchedule)).all()
    assert (made.kind, made.filters) == ("behind", {"reason": "silent"})
    assert "需要联系的学员" in browser.get("/staff/exports/schedules").text
