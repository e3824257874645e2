"""A lesson followed by ear: the same place, the same seconds, and the picture back at a tap."""

from collections.abc import Iterable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from lms.db.session import Database
from lms.progress.models import MaterialProgress, WatchSlice
from tests.support.player import nothing_waits, until

_DONE = "这一步学完了。"
_GONE = "声音放不出来，已经换回画面。"
_ONE_ENGINE = pytest.mark.parametrize("engine", ["sqlite"])
# What the browser itself says it played, kept before another file takes the place of the first.
_WITNESS = """(() => {
  const own = Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, "src");
  window.parts = [];
  window.witness = v => {
    const ranges = [];
    for (let i = 0; i < v.played.length; i += 1) {
      ranges.push([v.played.start(i) * 1000, v.played.end(i) * 1000]);
    }
    return ranges;
  };
  Object.defineProperty(HTMLMediaElement.prototype, "src", {
    get: own.get, set(value) { parts.push(witness(this)); own.set.call(this, value); }});
})()"""
_LINE = """(() => {
  const line = Object.assign(new EventTarget(), %s);
  Object.defineProperty(navigator, "connection", {value: line});
})()"""
_LOCKS = """(() => {
  window.locks = [];
  Object.defineProperty(navigator, "wakeLock", {value: {request: kind => {
    locks.push(kind);
    return Promise.resolve({release: () => locks.push("released")});
  }}});
})()"""

Spans = list[tuple[float, float]]


def prepared(page: Page, *scripts: str) -> Page:
    """Open the lesson again with scripts that run before those of the site."""
    for script in scripts:
        page.add_init_script(script)
    page.reload()
    return page


def play(page: Page) -> None:
    page.locator("[data-play]").click()
    until(page, "v.currentTime > 0.7")


def choose(page: Page, label: str) -> None:
    page.locator("[data-open='#quality']").click()
    page.locator(f"dialog input[value='{label}']").check(force=True)
    page.locator("[data-quality]").click()


def ear(page: Page) -> Locator:
    return page.locator("[data-ear]")


def plays(page: Page) -> str:
    return str(page.evaluate("document.querySelector('video').currentSrc")).rpartition("/")[2]


def joined(spans: Iterable[Iterable[float]], *, within: float) -> Spans:
    """Return the spans in order; those with at most ``within`` between them as one."""
    out: Spans = []
    for begin, end in sorted(tuple(each) for each in spans):
        if out and begin <= out[-1][1] + within:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def ledger(database: Database) -> tuple[Spans, int]:
    """Return what was claimed and how much of it counts."""
    with database.snapshot() as session:
        claimed = [pair for each in session.scalars(select(WatchSlice)) for pair in each.claimed]
        credited = session.scalars(select(MaterialProgress)).one().credited_ms
    return joined(claimed, within=0), credited


def test_the_sound_goes_on_where_the_picture_was_and_counts_the_same(
    lesson_page: Page, database: Database
) -> None:
    page = prepared(lesson_page, _WITNESS)
    play(page)
    choose(page, "audio")
    expect(ear(page)).to_be_visible()
    expect(page.locator("[data-state]")).to_have_text(_DONE)
    until(page, "v.ended")
    nothing_waits(page)
    assert plays(page) == "audio.m4a"
    parts: list[Any] = [
        *page.evaluate("parts"),
        page.evaluate("witness(document.querySelector('video'))"),
    ]
    seen, heard = parts
    assert heard[0][0] == pytest.approx(seen[-1][1], abs=100)
    claimed, credited = ledger(database)
    # Nothing is lost where one file takes the other's place, and nothing is told twice.
    assert joined(claimed, within=100) == [(0, pytest.approx(3_000, abs=60))]
    assert claimed[-1][1] == pytest.approx(heard[-1][1], abs=60)
    assert credited == pytest.approx(sum(end - begin for begin, end in claimed), abs=60)


@_ONE_ENGINE
def test_the_captions_run_on_below_and_go_with_the_sound(lesson_page: Page) -> None:
    play(lesson_page)
    choose(lesson_page, "audio")
    line = lesson_page.locator("[data-cue]")
    expect(line).to_have_text("先看一眼镜头")
    assert line.get_attribute("lang") == "zh"
    # Not over the still picture as well.
    until(lesson_page, "v.textTracks[0].mode === 'hidden'")
    lesson_page.locator("[data-captions]").click()
    expect(line).to_be_hidden()
    lesson_page.locator("[data-captions]").click()
    ear(lesson_page).get_by_role("button", name="看画面").click()
    expect(ear(lesson_page)).to_be_hidden()
    until(lesson_page, "v.videoWidth > 0 && v.textTracks[0].mode === 'showing'")
    expect(line).to_be_hidden()


@_ONE_ENGINE
def test_stopped_it_changes_without_starting_and_shows_its_place(lesson_page: Page) -> None:
    play(lesson_page)
    lesson_page.keyboard.press("Space")
    at = lesson_page.evaluate("document.querySelector('video').currentTime")
    # The light picture does not come either: the learner waits in vain, then takes the sound.
    lesson_page.context.route("**/240p.mp4", lambda _route: None)
    choose(lesson_page, "240p")
    choose(lesson_page, "audio")
    until(lesson_page, f"v.readyState > 0 && Math.abs(v.currentTime - {at}) < 0.1")
    assert lesson_page.evaluate("document.querySelector('video').paused")
    assert plays(lesson_page) == "audio.m4a"


@_ONE_ENGINE
@pytest.mark.parametrize(
    "answer", [{"status": 404}, {"body": "no sound", "content_type": "audio/mp4"}]
)
def test_sound_that_is_lost_or_ruined_gives_the_picture_back_in_plain_words(
    lesson_page: Page, answer: dict[str, Any]
) -> None:
    lesson_page.context.route("**/audio.m4a", lambda route: route.fulfill(**answer))
    play(lesson_page)
    at = lesson_page.evaluate("document.querySelector('video').currentTime")
    choose(lesson_page, "audio")
    expect(lesson_page.locator("[data-state]")).to_have_text(_GONE)
    expect(ear(lesson_page)).to_be_hidden()
    until(lesson_page, f"v.currentTime >= {at} && !v.paused")
    assert plays(lesson_page) == "240p.mp4"
    until(lesson_page, "v.ended")
    expect(lesson_page.locator("[data-state]")).to_have_text(_DONE)


@_ONE_ENGINE
def test_on_the_slowest_line_the_sound_is_offered_and_stays_until_told_otherwise(
    lesson_page: Page,
) -> None:
    page = prepared(lesson_page, _LINE % '{effectiveType: "slow-2g"}')
    offer = page.locator("[data-slow]")
    expect(offer).to_contain_text("MB")
    until(page, "v.currentSrc.includes('240p')")
    offer.get_by_role("button").click()
    expect(offer).to_be_hidden()
    until(page, "v.currentTime > 0.3")
    assert plays(page) == "audio.m4a"
    page.evaluate("navigator.connection.effectiveType = '4g', navigator.connection.onchange()")
    expect(ear(page)).to_be_visible()
    assert plays(page) == "audio.m4a"
    page.reload()
    expect(ear(page)).to_be_visible()
    expect(offer).to_be_hidden()
    until(page, "v.currentSrc.includes('audio')")


@_ONE_ENGINE
@pytest.mark.parametrize("line", ['{effectiveType: "2g"}', '{effectiveType: "4g", saveData: true}'])
def test_a_slow_or_dear_line_gets_the_light_picture_and_no_offer(
    lesson_page: Page, line: str
) -> None:
    page = prepared(lesson_page, _LINE % line)
    until(page, "v.currentSrc.includes('240p')")
    expect(page.locator("[data-slow]")).to_be_hidden()
    expect(page.locator("dialog input[value='240p']")).to_be_checked()


@_ONE_ENGINE
def test_the_screen_stays_on_while_there_is_sound_alone(lesson_page: Page) -> None:
    page = prepared(lesson_page, _LOCKS)
    play(page)
    assert page.evaluate("locks") == []
    choose(page, "audio")
    until(page, "locks.join() === 'screen'")
    page.evaluate("document.querySelector('video').pause()")
    until(page, "locks.join() === 'screen,released'")
