"""Files of frozen lists at the desk: ordering, one's own lists, approving, and the ways between."""

from datetime import timedelta

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR
from tests.functional.conftest import OpenDesk
from tests.functional.staff.test_batches import frozen
from tests.support.site import Jobs
from tests.support.statements import assert_few_statements

ORDER = {"format": "xlsx", "purpose": "报送县人社局"}


def test_a_file_is_ordered_on_its_page_and_found_among_ones_own(
    open_desk: OpenDesk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk()
    place = frozen(browser, run_jobs)
    page = browser.get(f"{place}?export=1").text
    assert "生成文件（3 行）" in page
    assert "3.0</b><span" in page  # the verified hours of all three
    assert browser.post(f"{place}/export", data={**ORDER, "purpose": " "}).status_code == 422
    assert browser.post(f"{place}/export", data=ORDER).location == "/staff/exports"
    assert "定稿第 1 号" in browser.get("/staff/exports").text
    run_jobs()
    own = browser.get("/staff/exports").text
    assert f'<a href="{place}">定稿第 1 号</a>' in own
    assert "3 行" in own
    for path in ("/staff/exports", f"{place}?export=1"):
        assert_few_statements(browser, database, path)


def test_full_numbers_wait_for_a_colleague_who_sees_which_list_it_is(
    open_desk: OpenDesk, run_jobs: Jobs
) -> None:
    browser, colleague = open_desk(), open_desk()
    place = frozen(browser, run_jobs)
    browser.post(f"{place}/export", data={**ORDER, "unmasked": "1"})
    asked = colleague.get("/staff/exports/approvals").text
    assert "定稿第 1 号的 XLSX 文件" in asked
    assert "全部" in asked  # who was listed when it was frozen
    assert place in asked


def test_who_may_not_has_no_file_and_who_has_not_proved_it_is_led_there(
    open_desk: OpenDesk, run_jobs: Jobs
) -> None:
    place = frozen(open_desk(), run_jobs)
    stranger = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), phone="13900009001")
    assert stranger.post(f"{place}/export", data=ORDER).status_code == 404
    supervisor = open_desk(Role.SUPERVISOR, phone="13900009002")
    assert 'id="out"' not in supervisor.get(place).text
    assert supervisor.post(f"{place}/export", data=ORDER).status_code == 403
    late = open_desk(confirmed=timedelta(minutes=11), phone="13900009003")
    assert "生成文件" not in late.get(place).text
    assert late.post(f"{place}/export", data=ORDER).status_code != 302 or (
        "/confirm" in late.post(f"{place}/export", data=ORDER).location
    )


def test_the_list_of_today_and_the_frozen_one_lead_to_each_other(
    open_desk: OpenDesk, run_jobs: Jobs
) -> None:
    browser = open_desk()
    live = browser.get("/staff/completions?status=all&export=1").text
    assert live.count('href="/staff/batches/new?status=all"') == 2
    assert f'href="/staff/completions?county={COUNTY}&amp;status=all"' in (
        browser.get(frozen(browser, run_jobs)).text
    )
    supervisor = open_desk(Role.SUPERVISOR, phone="13900009002")
    assert "/staff/batches/new" not in supervisor.get("/staff/completions").text
    whole = open_desk(scope=Scope(ScopeKind.PLATFORM), phone="13900009004")
    assert "/staff/batches/new" not in whole.get("/staff/completions").text
    assert "/staff/batches/new" in whole.get(f"/staff/completions?county={COUNTY}").text
