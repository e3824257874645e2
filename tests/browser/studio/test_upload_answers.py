"""Whatever is answered on the way, the file arrives or its sender knows why not."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.studio.conftest import LESSON, SIZE, Arrived, choose, row, unfinished, videos
from tests.support.site import LiveSite

pytestmark = pytest.mark.parametrize("engine", ["sqlite"])
_ONE = "**/api/v1/uploads/*"
_SAID = {"code": "said", "detail": "这是网站说的原因。"}
_A_PAGE = "<html><h1>502 Bad Gateway</h1></html>"


def meet(page: Page, answer: Callable[[Route], None], *, most: int = 100) -> list[Route]:
    """Let the first pieces of a file meet this answer; return those that did."""
    met: list[Route] = []

    def meets(route: Route) -> None:
        if route.request.method == "PATCH" and len(met) < most:
            met.append(route)
            answer(route)
        else:
            route.fallback()

    page.route(_ONE, meets)
    return met


@pytest.mark.parametrize("status", [409, 423, 429, 460, 500, 502, 504, 507])
def test_what_passes_is_waited_for_and_the_file_arrives_once(
    page: Page, live_site: LiveSite, clip: Path, arrived: Arrived, status: int
) -> None:
    def answer(route: Route) -> None:
        # What stands before a site answers with pages of its own.
        if status in (502, 504):
            route.fulfill(status=status, body=_A_PAGE, content_type="text/html")
        else:
            route.fulfill(status=status, json=_SAID)

    met = meet(page, answer, most=1)
    page.goto(LESSON)
    choose(page, clip)
    expect(page.locator("[data-asset]")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("Bad Gateway")
    assert len(met) == 1
    assert arrived.end == SIZE
    assert videos(live_site) == ["第一课.mp4"]


@pytest.mark.parametrize("status", [409, 460])
def test_an_offset_that_moved_meanwhile_is_looked_at_anew_at_once(
    page: Page, clip: Path, arrived: Arrived, status: int
) -> None:
    # The pauses between tries are drawn by lot: so long a one would outlast the test.
    page.add_init_script("Math.random = () => 1000")
    met = meet(page, lambda route: route.fulfill(status=status, json=_SAID), most=1)
    page.goto(LESSON)
    choose(page, clip)
    expect(page.locator("[data-asset]")).to_be_visible()
    assert (len(met), arrived.end) == (1, SIZE)


@pytest.mark.parametrize("status", [403, 413, 422])
def test_what_does_not_pass_is_said_in_the_sites_words(page: Page, clip: Path, status: int) -> None:
    meet(page, lambda route: route.fulfill(status=status, json=_SAID))
    page.goto(LESSON)
    choose(page, clip)
    expect(row(page).locator("[data-fault]")).to_have_text("这是网站说的原因。")
    expect(row(page)).to_contain_text("原文件还在您电脑上")
    # Whose right came back goes on where it stopped; what is refused for good is not asked for.
    may_go_on = page.get_by_role("button", name="接着传")
    if status == 403:
        page.unroute(_ONE)
        may_go_on.click()
        expect(page.locator("[data-asset]")).to_be_visible()
    else:
        expect(may_go_on).to_be_hidden()


def test_a_line_that_falls_silent_is_taken_for_broken_and_another_is_tried(
    page: Page, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    page.clock.install()
    silent = meet(page, lambda _route: None, most=1)
    page.goto(LESSON)
    choose(page, clip)
    expect(row(page)).to_have_attribute("data-state", "sending")
    for _ in range(600):
        if silent:
            break
        page.wait_for_timeout(50)
    page.clock.fast_forward(40_000)
    expect(row(page)).to_have_attribute("data-state", "sending")
    page.clock.fast_forward(12_000)
    expect(page.locator("[data-asset]")).to_be_visible()
    assert arrived.end == SIZE
    assert unfinished(live_site) == []
