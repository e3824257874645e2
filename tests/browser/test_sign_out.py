"""Signing out hands in what waits on the phone, or says how much stays behind."""

import re

import pytest
from playwright.sync_api import Page, expect

from lms.accounts.models import Person
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.browser.test_outbox import play_unheard, seen_ms
from tests.support.browser import barriers
from tests.support.player import nothing_waits, waiting
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_API = "**/api/**"
_LEFT = re.compile(r"还有 [23] 秒没交上：网络断了，或者网站没回应。")
_OUT = re.compile("/sign-in")


@pytest.fixture
def leaving(lesson_page: Page) -> Page:
    """The sign-out page of a phone on which a whole clip waits, and the line is away."""
    play_unheard(lesson_page)
    lesson_page.goto("/me")
    lesson_page.get_by_role("link", name="退出登录").click()
    return lesson_page


def sign_out(page: Page, name: str = "退出登录") -> None:
    page.locator("main").get_by_role("button", name=name).click()


def test_what_waits_is_handed_in_first(leaving: Page, database: Database, learner: Person) -> None:
    expect(leaving.locator("[data-rest]")).to_contain_text(_LEFT)
    assert barriers(leaving) == []
    leaving.context.unroute(_API)
    sign_out(leaving, "再试一次")
    expect(leaving).to_have_url(_OUT)
    nothing_waits(leaving)
    assert seen_ms(database, learner) > 2_000


def test_over_a_dead_line_it_asks_and_keeps_it_for_the_same_person(
    leaving: Page, live_site: LiveSite, database: Database, learner: Person
) -> None:
    sign_out(leaving, "再试一次")
    expect(leaving.locator("[data-rest]")).to_contain_text(_LEFT)
    expect(leaving).to_have_url(re.compile("/sign-out$"))
    sign_out(leaving, "先退出，以后再交")
    expect(leaving).to_have_url(_OUT)
    assert len(waiting(leaving)) == 1
    leaving.context.unroute(_API)
    enter(leaving, live_site, learner)
    leaving.goto("/sign-out")
    nothing_waits(leaving)
    assert seen_ms(database, learner) > 2_000


def test_where_nothing_waits_one_tap_signs_out(lesson_page: Page) -> None:
    lesson_page.goto("/sign-out")
    expect(lesson_page.get_by_role("button", name="先退出")).to_be_hidden()
    sign_out(lesson_page)
    expect(lesson_page).to_have_url(_OUT)


def test_signing_out_everywhere_asks_as_well(leaving: Page) -> None:
    leaving.goto("/me/devices")
    leaving.get_by_role("link", name="所有设备都退出").click()
    sign_out(leaving, "再试一次")
    expect(leaving.locator("[data-rest]")).to_contain_text(_LEFT)
    sign_out(leaving, "先退出，以后再交")
    expect(leaving).to_have_url(_OUT)
    assert len(waiting(leaving)) == 1


def test_without_javascript_it_signs_out_as_ever(lesson_page: Page, new_context: object) -> None:
    state = lesson_page.context.storage_state()
    plain = new_context(java_script_enabled=False, storage_state=state).new_page()
    plain.goto("/sign-out")
    sign_out(plain)
    expect(plain).to_have_url(_OUT)
