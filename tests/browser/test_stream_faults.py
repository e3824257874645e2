"""What breaks in a stream gives the file back at the same second, and nobody is told."""

from time import monotonic
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from lms.db.session import Database
from tests.support.player import until
from tests.support.streaming import VIDEO, Line, came, is_ready, plays, takes_over
from tests.support.witness import Watching, agree, size

_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
_COUNTING = "正在计时……"


def goes_on_as_a_file(page: Page) -> None:
    """The file plays on, and the page says nothing but that it counts."""
    at = page.evaluate(f"{VIDEO}.currentTime")
    until(page, f"v.currentTime >= {at} + 1.5 && !v.paused")
    assert plays(page) == "480p.mp4"
    expect(page.locator("[data-state]")).to_have_text(_COUNTING)
    expect(page.locator("canvas")).to_have_count(0)


@_ONE_ENGINE
@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"body": "no playlist", "content_type": "text/plain"}]
)
def test_without_a_playlist_the_file_is_never_left(
    long_page: Page, line: Line, answer: dict[str, Any]
) -> None:
    page = long_page
    line.breaks("master.m3u8", **answer)
    is_ready(page, line)
    page.evaluate(f"{VIDEO}.pause()")
    page.wait_for_timeout(300)
    assert plays(page) == "480p.mp4"
    page.evaluate(f"{VIDEO}.play()")
    goes_on_as_a_file(page)


@_ONE_ENGINE
def test_without_the_library_the_file_plays_on(long_page: Page, line: Line) -> None:
    page = long_page
    page.context.route("**/hls.light.min.js*", lambda route: route.fulfill(status=404))
    page.locator("[data-play]").click()
    came(page, line, "hls.light.min.js")
    page.wait_for_timeout(300)
    page.evaluate(f"{VIDEO}.pause()")
    until(page, "v.paused")
    page.evaluate(f"{VIDEO}.play()")
    goes_on_as_a_file(page)
    assert line.asked.count("hls.light.min.js") == 1


def all_break(line: Line, kind: str, **answer: Any) -> None:
    for label in ("240p", "480p"):
        line.breaks(f"{label}.{kind}", **answer)


@_ONE_ENGINE
@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("m3u8", {"status": 404}),
        ("m3u8", {"body": "no playlist", "content_type": "text/plain"}),
        ("m4s", {"status": 404}),
        ("m4s", {"body": "no video", "content_type": "video/mp4"}),
    ],
)
def test_a_stream_that_breaks_at_once_gives_the_file_back_and_every_millisecond_counts(
    long_page: Page, line: Line, database: Database, kind: str, answer: dict[str, Any]
) -> None:
    page, watching = long_page, Watching(long_page, monotonic())
    all_break(line, kind, **answer)
    is_ready(page, line)
    page.evaluate(f"{VIDEO}.pause()")
    came(page, line, f"480p.{kind}")
    at = page.evaluate("witnessed.filter(each => each.kind === 'pause').pop().at")
    until(page, f"v.currentSrc.includes('480p.mp4') && Math.abs(v.currentTime - {at}) < 0.01")
    watching.do("play()")
    goes_on_as_a_file(page)
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=0)
    assert len(claimed) == 1
    assert credited == size(claimed)


@_ONE_ENGINE
def test_a_stream_that_breaks_later_gives_the_file_back_and_every_millisecond_counts(
    long_page: Page, line: Line, database: Database
) -> None:
    page, watching = long_page, Watching(long_page, monotonic())
    takes_over(page, line)
    watching.do("play()")
    until(page, "v.currentTime > 3 && !v.paused")
    all_break(line, "m4s")
    page.evaluate(f"{VIDEO}.currentTime = 120")
    until(page, "v.currentSrc.includes('480p.mp4') && v.currentTime >= 120 && !v.paused")
    goes_on_as_a_file(page)
    watching.do("pause()")
    until(page, "v.paused")
    assert plays(page) == "480p.mp4"
    claimed, credited = agree(watching, database, cuts=1)
    assert [round(begin / 1000) for begin, _ in claimed] == [0, 120]
    assert 0 < credited <= size(claimed)
