"""A file plays first; what fits itself to the line takes its place where playback stands anyway."""

from time import monotonic

import pytest
from playwright.sync_api import Page, expect

from lms.db.session import Database
from tests.support.player import Asking, tap, until
from tests.support.streaming import (
    VIDEO,
    Line,
    came,
    is_ready,
    plays,
    plays_stream,
    takes_over,
)
from tests.support.witness import Watching, agree, size

_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
_LINE = """(() => {
  const line = Object.assign(new EventTarget(), %s);
  Object.defineProperty(navigator, "connection", {value: line});
})()"""


@pytest.fixture
def watching(long_page: Page) -> Watching:
    return Watching(long_page, monotonic())


def goes_on(page: Page, seconds: float) -> None:
    at = page.evaluate(f"{VIDEO}.currentTime")
    until(page, f"v.currentTime >= {at + seconds} && !v.paused")


def hang(page: Page, name: str) -> None:
    """Let no more of the file come."""
    page.context.route(f"**/{name}", lambda _route: None)


def until_short_of_what_is_there(page: Page) -> None:
    """Let no more of the file come, and go to two seconds before what came ends."""
    hang(page, "480p.mp4")
    end = page.evaluate(f"{VIDEO}.buffered.end({VIDEO}.buffered.length - 1)")
    page.evaluate(f"{VIDEO}.currentTime = {end - 2}")
    until(page, f"!v.seeking && v.currentTime >= {end - 2}")
    assert plays(page) == "480p.mp4"


def test_at_a_pause_it_takes_over_as_sharp_as_the_file_and_counts_every_millisecond(
    watching: Watching, line: Line, database: Database
) -> None:
    page = watching.page
    assert line.stream() == []
    at = takes_over(page, line)
    assert page.evaluate(f"{VIDEO}.videoHeight") == 480
    assert page.evaluate(f"{VIDEO}.currentTime") == pytest.approx(at, abs=0.001)
    assert page.evaluate(f"{VIDEO}.paused")
    expect(page.locator("canvas")).to_have_count(0)
    assert "240p.m4s" not in line.asked
    watching.do("play()")
    goes_on(page, 2)
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=0)
    assert len(claimed) == 1
    assert credited == size(claimed)


@_ONE_ENGINE
def test_at_a_stall_it_begins_with_the_lightest_and_climbs_and_counts_every_millisecond(
    watching: Watching, line: Line, database: Database
) -> None:
    page = watching.page
    is_ready(page, line)
    until_short_of_what_is_there(page)
    plays_stream(page)
    stalled, first = page.evaluate(
        "[witnessed.filter(each => each.kind === 'waiting').pop().at, "
        "witnessed.filter(each => each.kind === 'seeking').pop().at]"
    )
    assert first == stalled
    pieces = [each for each in line.asked if each.endswith("m4s")]
    assert pieces[0] == "240p.m4s"
    goes_on(page, 6)
    came(page, line, "480p.m4s")
    until(page, "v.videoHeight === 480")
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=1)
    assert len(claimed) == 2
    assert 0 < credited <= size(claimed)


def test_a_seek_to_what_is_not_here_is_answered_by_the_stream(
    watching: Watching, line: Line, database: Database
) -> None:
    page = watching.page
    is_ready(page, line)
    watching.do("currentTime = 10")
    until(page, "!v.seeking && v.currentTime > 10.2")
    assert plays(page) == "480p.mp4"
    hang(page, "480p.mp4")
    watching.do("currentTime = 150")
    plays_stream(page)
    until(page, "v.currentTime > 151 && !v.paused")
    watching.do("currentTime = 60")
    until(page, "!v.seeking && v.currentTime > 61 && !v.paused")
    watching.do("pause()")
    claimed, credited = agree(watching, database, cuts=3)
    assert [round(begin / 1000) for begin, _ in claimed] == [0, 10, 60, 150]
    assert 0 < credited <= size(claimed)


@_ONE_ENGINE
def test_smooth_playback_is_never_broken_for_it(long_page: Page, line: Line) -> None:
    is_ready(long_page, line)
    goes_on(long_page, 3)
    assert plays(long_page) == "480p.mp4"
    waits = "witnessed.filter(each => each.kind === 'waiting' && each.at > 0).length"
    assert long_page.evaluate(waits) == 0


@_ONE_ENGINE
@pytest.mark.parametrize(
    "said",
    ['{effectiveType: "3g"}', '{effectiveType: "2g"}', '{effectiveType: "4g", saveData: true}'],
)
def test_a_weak_or_dear_line_is_left_alone(long_page: Page, line: Line, said: str) -> None:
    long_page.add_init_script(_LINE % said)
    long_page.reload()
    expect(long_page.locator("dialog input[value=auto]")).to_be_checked()
    long_page.locator("[data-play]").click()
    # A line that costs money is asked about first.
    if "saveData" in said:
        long_page.locator("[data-quality]").click()
    goes_on(long_page, 4)
    long_page.evaluate(f"{VIDEO}.pause()")
    until(long_page, "v.paused")
    assert plays(long_page) == "240p.mp4"
    assert line.stream() == []
    assert "stream.js" not in line.asked


@_ONE_ENGINE
def test_a_choice_of_the_learner_stays_and_automatic_is_one_too(
    long_page: Page, line: Line
) -> None:
    page = long_page
    takes_over(page, line)
    at = page.evaluate(f"{VIDEO}.currentTime")
    choose(page, "240p")
    until(page, f"v.currentSrc.includes('240p.mp4') && Math.abs(v.currentTime - {at}) < 0.01")
    before = len(line.stream())
    page.evaluate(f"{VIDEO}.play()")
    goes_on(page, 3)
    assert len(line.stream()) == before
    page.reload()
    page.locator("[data-play]").click()
    goes_on(page, 4)
    assert (plays(page), len(line.stream())) == ("240p.mp4", before)
    choose(page, "auto")
    until(page, "v.currentSrc.includes('480p.mp4') && !v.paused")
    came(page, line, "master.m3u8", after=line.asked.index("240p.mp4"))
    page.wait_for_timeout(300)
    page.evaluate(f"{VIDEO}.pause()")
    plays_stream(page)
    choose(page, "auto")
    assert plays(page) == "stream"


@_ONE_ENGINE
def test_who_goes_back_to_automatic_has_the_stream_again(long_page: Page, line: Line) -> None:
    page = long_page
    takes_over(page, line)
    choose(page, "240p")
    until(page, "v.currentSrc.includes('240p.mp4')")
    choose(page, "auto")
    before = len(line.asked)
    page.evaluate(f"{VIDEO}.play()")
    came(page, line, "master.m3u8", after=before)
    page.wait_for_timeout(300)
    page.evaluate(f"{VIDEO}.pause()")
    plays_stream(page)


def choose(page: Page, label: str) -> None:
    page.locator("[data-open='#quality']").click()
    page.locator(f"dialog input[value='{label}']").check(force=True)
    page.locator("[data-quality]").click()


@_ONE_ENGINE
def test_speed_captions_and_the_presence_check_go_on_with_the_stream(
    long_page: Page, line: Line
) -> None:
    page = long_page
    page.locator("[data-rate]").click()
    takes_over(page, line)
    assert page.evaluate(f"{VIDEO}.playbackRate") == 1.25
    expect(page.locator("[data-rate]")).to_have_text("1.25×")
    assert page.evaluate(f"{VIDEO}.textTracks.length") == 1
    assert page.evaluate(f"{VIDEO}.textTracks[0].mode") == "showing"
    site = Asking(page, tap())
    page.evaluate(f"{VIDEO}.play()")
    goes_on(page, 0.5)
    assert page.evaluate(f"{VIDEO}.textTracks[0].activeCues[0].text") == "先看一眼镜头"
    page.evaluate(f"{VIDEO}.pause()")
    here = page.locator("#here")
    expect(here).to_be_visible()
    here.get_by_role("button", name="我在看").click()
    expect(here).to_be_hidden()
    assert site.answers == [{"answer": "here"}]


@_ONE_ENGINE
def test_locked_nobody_skips_ahead_in_the_stream_either(long_page: Page, line: Line) -> None:
    page = long_page
    page.evaluate("document.querySelector('[data-meter]').dataset.seeking = 'locked'")
    at = takes_over(page, line)
    page.evaluate(f"{VIDEO}.currentTime = 100")
    expect(page.locator("[data-state]")).to_contain_text("第一遍不能往后跳")
    until(page, f"!v.seeking && Math.abs(v.currentTime - {at}) < 0.5")


@_ONE_ENGINE
def test_a_phone_that_plays_streams_by_itself_needs_no_library(long_page: Page, line: Line) -> None:
    long_page.add_init_script("delete window.MediaSource")
    long_page.reload()
    long_page.locator("[data-play]").click()
    came(long_page, line, "stream.js")
    goes_on(long_page, 2)
    at = long_page.evaluate(f"{VIDEO}.pause(), {VIDEO}.currentTime")
    until(long_page, f"v.currentSrc.includes('master.m3u8') && v.currentTime >= {at} - 0.1")
    long_page.evaluate(f"{VIDEO}.play()")
    goes_on(long_page, 1)
    assert "hls.light.min.js" not in line.asked
