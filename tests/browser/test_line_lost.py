"""The line breaks under a video: it goes on at the same second when the line is back."""

from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from lms.db.session import Database
from tests.support.player import until
from tests.support.streaming import VIDEO, Line, plays
from tests.support.witness import Watching, agree, size

_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
_UNHEARD = "网络断了，现在没在算学时。连上网会自动接着算。"
_COUNTING = "正在计时……"
# Chromium asks thirty times before it says that the line is gone.
_FILES = "**/media/**/*.mp4"
_BACK = "dispatchEvent(new Event('online'))"


@pytest.fixture
def filed(long_page: Page, line: Line) -> Page:
    """The lesson, as the file the learner chose."""
    long_page.evaluate("sessionStorage.quality = '480p'")
    long_page.reload()
    return long_page


def lose_the_line(page: Page, *, quickly: bool) -> None:
    """Let nothing more of the file come; a site in trouble says so at once, a dead line late."""
    page.context.route(
        _FILES,
        lambda route: route.fulfill(status=503) if quickly else route.abort("internetdisconnected"),
    )


def until_it_broke(page: Page, *, quickly: bool = True) -> float:
    """Play to the end of what had come; return the last second shown."""
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 1 && !v.paused")
    lose_the_line(page, quickly=quickly)
    page.evaluate(f"{VIDEO}.currentTime = {VIDEO}.buffered.end(0) - 4")
    expect(page.locator("[data-state]")).to_have_text(_UNHEARD)
    assert page.evaluate(f"{VIDEO}.error.code") == 2
    told = "witnessed.filter(each => each.kind === 'timeupdate' && !each.paused).pop().at"
    return float(page.evaluate(told))


@_ONE_ENGINE
def test_it_goes_on_by_itself_when_the_line_is_back_and_every_millisecond_counts(
    filed: Page, database: Database
) -> None:
    page, watching = filed, Watching(filed, monotonic())
    at = until_it_broke(page, quickly=False)
    assert plays(page) == "480p.mp4"
    page.context.unroute(_FILES)
    page.evaluate(_BACK)
    until(page, f"v.currentTime > {at} + 1 && !v.paused")
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    expect(page.locator("[data-play]")).to_be_hidden()
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=1)
    # One stretch before the seek, and one over the fault: no millisecond twice, none left out.
    assert len(claimed) == 2
    assert claimed[1][0] < at * 1000 < claimed[1][1]
    assert 0 < credited <= size(claimed)


@_ONE_ENGINE
def test_a_tap_asks_for_it_again(filed: Page) -> None:
    at = until_it_broke(filed)
    filed.context.unroute(_FILES)
    filed.locator("[data-play]").click()
    until(filed, f"v.currentTime > {at} + 1 && !v.paused")
    expect(filed.locator("[data-play]")).to_be_hidden()


@_ONE_ENGINE
def test_it_asks_again_and_again_without_any_sign_of_the_line(filed: Page, line: Line) -> None:
    at = until_it_broke(filed)
    before = line.asked.count("480p.mp4")
    for _ in range(600):
        if line.asked.count("480p.mp4") > before:
            break
        filed.wait_for_timeout(50)
    expect(filed.locator("[data-state]")).to_have_text(_UNHEARD)
    filed.context.unroute(_FILES)
    until(filed, f"v.currentTime > {at} + 1 && !v.paused")


@_ONE_ENGINE
def test_who_had_stopped_is_not_started(filed: Page) -> None:
    page = filed
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 1 && !v.paused")
    page.evaluate(f"{VIDEO}.pause()")
    lose_the_line(page, quickly=True)
    page.evaluate(f"{VIDEO}.currentTime = 150")
    expect(page.locator("[data-state]")).to_have_text(_UNHEARD)
    page.context.unroute(_FILES)
    page.evaluate(_BACK)
    until(page, "!v.seeking && v.readyState > 2 && v.currentTime === 150")
    assert page.evaluate(f"{VIDEO}.paused")


@_ONE_ENGINE
def test_a_first_tap_without_a_line_is_not_lost(long_page: Page) -> None:
    page = long_page
    lose_the_line(page, quickly=False)
    page.locator("[data-play]").click()
    expect(page.locator("[data-state]")).to_have_text(_UNHEARD)
    page.context.unroute(_FILES)
    page.evaluate(_BACK)
    until(page, "v.currentTime > 1 && !v.paused")
    assert plays(page) == "480p.mp4"
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
