"""Another device took over: the older one says so, waits to be asked, and loses nothing."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.db.session import Database
from lms.progress.models import MaterialProgress, PlaybackLease
from tests.browser.conftest import enter
from tests.factories.catalog import MadeCourse
from tests.support.player import TRIES, nothing_waits, until, waiting
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_API = "**/api/**"
_COUNTING = "正在计时……"
_TAKEN = re.compile("另一台手机或另一个页面在放")
_TOUCH = "dispatchEvent(new Event('scroll'))"


def other_device(page: Page, site: LiveSite, person: Person, path: str, new_context) -> Page:
    """Open the page on the person's other phone, where it starts to count."""
    other = new_context().new_page()
    enter(other, site, person)
    other.goto(path)
    expect(other.locator("[data-state]")).to_have_text(_COUNTING)
    return other


def leases(database: Database) -> int:
    with database.snapshot() as session:
        return len(session.scalars(select(PlaybackLease)).all())


def seen_ms(database: Database) -> int:
    with database.snapshot() as session:
        return sum(session.scalars(select(MaterialProgress.seen_ms)).all())


def test_loading_again_takes_nothing_back_and_the_button_does(
    lesson_page: Page, live_site: LiveSite, database: Database, learner: Person,
    course: MadeCourse, new_context,
) -> None:  # fmt: skip
    page, text = lesson_page, f"/learn/{course.course.slug}/A01.text"
    page.goto(text)
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    other = other_device(page, live_site, learner, text, new_context)
    # Leaving the page in front makes it report, and hear that it is over.
    with page.expect_response("**/beats"):
        until_it_reports(page)
    expect(page.locator("button[data-again]")).to_be_visible()
    page.reload()
    expect(page.locator("[data-state]")).to_have_text(_TAKEN)
    page.evaluate(_TOUCH)
    expect(page.locator("button[data-again]")).to_be_visible()
    assert leases(database) == 2
    page.locator("button[data-again]").click()
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    expect(page.locator("button[data-again]")).to_be_hidden()
    assert leases(database) == 3
    with other.expect_response("**/beats"):
        until_it_reports(other)
    expect(other.locator("button[data-again]")).to_be_visible()


def until_it_reports(page: Page) -> None:
    """Study for a second, then let the page think that it is left."""
    page.wait_for_timeout(1_500)
    page.evaluate("dispatchEvent(new Event('pagehide'))")


def test_what_was_played_before_is_handed_in_when_the_line_is_back(
    lesson_page: Page, live_site: LiveSite, database: Database, learner: Person,
    course: MadeCourse, new_context,
) -> None:  # fmt: skip
    page = lesson_page
    with page.expect_response("**/lease"):
        page.locator("[data-play]").click()
    page.context.route(_API, lambda route: route.abort())
    until(page, "v.currentTime > 0.5 && !v.paused")
    page.keyboard.press("Space")
    until(page, "v.paused")
    page.keyboard.press("Space")
    until(page, "v.ended")
    assert len(waiting(page)) == 2
    other_device(page, live_site, learner, f"/learn/{course.course.slug}/A01.text", new_context)
    page.context.unroute(_API)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("[data-state]")).to_have_text(re.compile("另一台手机"))
    nothing_waits(page)
    for _ in range(TRIES):
        if seen_ms(database) > 2_900:
            break
        page.wait_for_timeout(50)
    assert seen_ms(database) > 2_900


def test_a_phone_that_slept_hears_on_waking_that_another_took_over(
    lesson_page: Page, live_site: LiveSite, database: Database, learner: Person,
    course: MadeCourse, new_context,
) -> None:  # fmt: skip
    page, text = lesson_page, f"/learn/{course.course.slug}/A01.text"
    page.goto(text)
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    power = page.context.new_cdp_session(page)
    power.send("Page.setWebLifecycleState", {"state": "frozen"})
    other_device(page, live_site, learner, text, new_context)
    power.send("Page.setWebLifecycleState", {"state": "active"})
    with page.expect_response("**/beats"):
        until_it_reports(page)
    expect(page.locator("[data-state]")).to_have_text(re.compile("另一台手机"))
    page.locator("button[data-again]").click()
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    nothing_waits(page)
