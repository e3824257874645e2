"""Frozen lists at the desk: freezing, the difference in words, correcting, checking, strangers."""

import hashlib
import re

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.factories.accounts import COUNTY
from tests.factories.roster import NEIGHBOUR, Small
from tests.functional.conftest import OpenDesk
from tests.integration.roster.test_frozen import study_on
from tests.support.site import Client, Jobs
from tests.support.statements import assert_few_statements

PAGE = "/staff/batches"


def frozen(browser: Client, run_jobs: Jobs) -> str:
    answer = browser.post(f"{PAGE}?status=all&county={COUNTY}", data={"purpose": "5 月申报"})
    assert answer.status_code == 302
    run_jobs()
    return answer.location


def test_a_list_is_frozen_and_the_next_one_says_what_changed(
    open_desk: OpenDesk, database: Database, small: Small, run_jobs: Jobs
) -> None:
    browser = open_desk()
    assert "3 行" in browser.get(f"{PAGE}/new?status=all").text
    frozen(browser, run_jobs)
    study_on(database, small, "占小燕")
    page = browser.get(frozen(browser, run_jobs)).text
    assert "改动 1 人" in page
    assert re.search(r'线上核验学时 <span class="n">1\.0</span> → <b><span class="n">1\.1', page)
    assert "改动 1 人" in browser.get(PAGE).text


def test_its_manifest_has_the_hash_the_page_shows(open_desk: OpenDesk, run_jobs: Jobs) -> None:
    browser = open_desk()
    place = frozen(browser, run_jobs)
    manifest = browser.get(f"{place}/manifest.txt").data
    assert hashlib.sha256(manifest).hexdigest() in browser.get(place).text
    assert len(manifest.splitlines()) == 4
    assert "3 行都和定稿时一样" in browser.get(f"{place}?check=1").text


def test_a_correction_needs_a_reason_and_names_what_it_corrects(
    open_desk: OpenDesk, run_jobs: Jobs
) -> None:
    browser = open_desk()
    place = frozen(browser, run_jobs)
    assert browser.post(f"{place}/correct", data={"reason": " "}).status_code == 422
    answer = browser.post(f"{place}/correct", data={"reason": "姓名写错"})
    run_jobs()
    page = browser.get(answer.location).text
    assert "更正第 1 号" in page
    assert "两份一模一样" in page


def test_one_that_is_being_frozen_shows_how_far_and_can_be_stopped(open_desk: OpenDesk) -> None:
    browser = open_desk()
    answer = browser.post(f"{PAGE}?status=all", data={"purpose": "5 月申报"})
    assert "正在定稿" in browser.get(answer.location).text
    assert browser.post(f"{answer.location}/stop").location == PAGE
    assert "没有做成定稿" in browser.get(answer.location).text


def test_an_empty_list_is_not_offered(open_desk: OpenDesk) -> None:
    page = open_desk().get(f"{PAGE}/new?q=谁也不是").text
    assert "空名单不用定稿" in page
    assert "把这份定稿" not in page


def test_another_county_finds_nothing_and_a_supervisor_only_reads(
    open_desk: OpenDesk, run_jobs: Jobs
) -> None:
    place = frozen(open_desk(), run_jobs)
    stranger = open_desk(scope=Scope(ScopeKind.COUNTY, NEIGHBOUR), phone="13900009001")
    for path in (place, f"{place}/manifest.txt", f"{PAGE}/new?county={COUNTY}"):
        assert stranger.get(path).status_code == 404
    assert stranger.post(f"{place}/correct", data={"reason": "x"}).status_code == 404
    supervisor = open_desk(Role.SUPERVISOR, phone="13900009002")
    assert "要更正" not in supervisor.get(place).text
    assert supervisor.post(f"{place}/correct", data={"reason": "x"}).status_code == 403


def test_the_pages_ask_the_database_little(
    open_desk: OpenDesk, database: Database, run_jobs: Jobs
) -> None:
    browser = open_desk()
    place = frozen(browser, run_jobs)
    for path in (PAGE, f"{PAGE}/new", place):
        assert_few_statements(browser, database, path)
