"""What a learner plays while the line is away is counted when it is back."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from lms.core.clock import utc_now
from lms.db.session import Database
from lms.progress.models import MaterialProgress, PlaybackLease, WatchSlice
from tests.factories.catalog import MadeCourse
from tests.support.player import TRIES, nothing_waits, until, waiting

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_OFFLINE = re.compile(r"网络断了，可以接着学；60 秒内连上网才算学时。这部手机里有 \d+ 秒等着交。")
_SENT = "这部手机里存的都交上了。"
_WAITS = re.compile(r"这部手机里还有 \d+ 秒没交，连着网会自动交。")
_UNHEARD = "网络断了，现在没在算学时。连上网会自动接着算。"
_DONE = "这一步学完了。"
_CLIP_MS = 3_000
_API = "**/api/**"
_BACK = "dispatchEvent(new Event('online'))"
# Some browsers fetch no more of a file than they must before it plays.
_GATHERS_NOTHING = """Object.defineProperties(HTMLMediaElement.prototype, {
  networkState: {get: () => 1}, buffered: {get: () => ({length: 1, start: () => 0, end: () => 0})}
})"""


def play(page: Page) -> None:
    """Start, and cut the way to the site once it counts; the clip itself goes on."""
    with page.expect_response("**/lease"):
        page.locator("[data-play]").click()
    page.context.route(_API, lambda route: route.abort())


def credited(database: Database) -> int:
    with database.snapshot() as session:
        sets = session.scalars(select(MaterialProgress)).one_or_none()
    return sets.credited_ms if sets else 0


def test_beats_wait_for_the_line_and_go_in_order(lesson_page: Page, database: Database) -> None:
    play(lesson_page)
    until(lesson_page, "v.currentTime > 1")
    lesson_page.keyboard.press("Space")
    expect(lesson_page.locator("[data-state]")).to_have_text(_OFFLINE)
    lesson_page.keyboard.press("Space")
    until(lesson_page, "v.ended")
    assert credited(database) == 0
    lesson_page.context.unroute(_API)
    lesson_page.evaluate(_BACK)
    expect(lesson_page.locator("[data-state]")).to_have_text(_DONE)
    with database.snapshot() as session:
        beats = session.scalars(select(WatchSlice.seq).order_by(WatchSlice.id)).all()
    assert list(beats) == sorted(beats)
    assert len(beats) >= 2
    assert credited(database) >= _CLIP_MS * 0.9
    nothing_waits(lesson_page)


def test_what_waited_when_the_page_was_closed_is_handed_in_by_the_next_one(
    lesson_page: Page, database: Database
) -> None:
    play(lesson_page)
    until(lesson_page, "v.ended")
    expect(lesson_page.locator("[data-state]")).to_have_text(_OFFLINE)
    address, context = lesson_page.url, lesson_page.context
    assert len(waiting(lesson_page)) == 1
    lesson_page.close()
    context.unroute(_API)
    assert credited(database) == 0
    again = context.new_page()
    again.goto(address)
    expect(again.locator("[data-state]")).to_have_text(_SENT)
    nothing_waits(again)
    assert credited(database) >= _CLIP_MS * 0.9


def test_a_browser_that_gathers_nothing_before_it_plays_is_not_waited_for(
    lesson_page: Page,
) -> None:
    lesson_page.add_init_script(_GATHERS_NOTHING)
    lesson_page.clock.install()
    lesson_page.reload()
    lesson_page.clock.pause_at(utc_now() + timedelta(minutes=1))
    with lesson_page.expect_response("**/lease"):
        lesson_page.locator("[data-play]").click()
    # A clock moved on before the answer was read moves no one: what waits has not begun to.
    until(lesson_page, "v.readyState > 0 && Meter.live()")
    lesson_page.clock.run_for(1_000)
    until(lesson_page, "v.currentTime > 0")


def test_what_waits_goes_before_a_new_lease_is_asked_for(
    lesson_page: Page, database: Database
) -> None:
    play(lesson_page)
    until(lesson_page, "v.ended")
    expect(lesson_page.locator("[data-state]")).to_have_text(_OFFLINE)
    lesson_page.reload()
    expect(lesson_page.locator("[data-state]")).to_have_text(_WAITS)
    lesson_page.context.unroute(_API)
    asked: list[str] = []
    lesson_page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    lesson_page.locator("[data-play]").click()
    expect(lesson_page.locator("[data-state]")).to_have_text(_DONE)
    assert [each for each in asked if each in ("beats", "lease")][:2] == ["beats", "lease"]
    nothing_waits(lesson_page)
    with database.snapshot() as session:
        first = session.scalars(
            select(PlaybackLease.id).order_by(PlaybackLease.started_at_ms)
        ).first()
        earning = select(WatchSlice.lease_id).where(WatchSlice.credited_ms > 0)
        assert first in session.scalars(earning).all()


def test_a_video_that_began_unheard_counts_from_when_the_site_answers(
    lesson_page: Page, database: Database
) -> None:
    lesson_page.route("**/lease", lambda route: route.abort())
    lesson_page.locator("[data-play]").click()
    expect(lesson_page.locator("[data-state]")).to_have_text(_UNHEARD)
    until(lesson_page, "v.currentTime > 0.5")
    lesson_page.unroute("**/lease")
    lesson_page.evaluate(_BACK)
    until(lesson_page, "v.ended")
    for _ in range(TRIES):
        if credited(database):
            break
        lesson_page.wait_for_timeout(50)
    assert _CLIP_MS * 0.3 < credited(database) < _CLIP_MS * 0.9


def test_on_a_line_that_costs_money_the_first_tap_asks_with_the_megabytes(
    lesson_page: Page, database: Database
) -> None:
    lesson_page.add_init_script(
        "Object.defineProperty(navigator, 'connection', {value: {type: 'cellular'}})"
    )
    lesson_page.reload()
    lesson_page.locator("[data-play]").click()
    dialog = lesson_page.get_by_role("dialog")
    expect(dialog).to_contain_text("MB")
    assert lesson_page.evaluate("document.querySelector('video').paused")
    dialog.locator("input[value='240p']").check(force=True)
    dialog.get_by_role("button").click()
    expect(dialog).to_be_hidden()
    expect(lesson_page.locator("[data-state]")).to_have_text(_DONE)
    assert "240p" in lesson_page.evaluate("document.querySelector('video').currentSrc")
    lesson_page.reload()
    lesson_page.locator("[data-play]").click()
    until(lesson_page, "!v.paused")
    expect(dialog).to_be_hidden()


def test_what_waits_of_a_reading_is_not_claimed_twice(
    lesson_page: Page, database: Database, course: MadeCourse
) -> None:
    page, allowed, heard = lesson_page, [1], [0]

    def quickly(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, json=real.json() | {"beat_seconds": 1})

    def now_and_then(route: Route) -> None:
        if heard[0] >= allowed[0]:
            route.abort()
            return
        heard[0] += 1
        route.continue_()

    page.route("**/lease", quickly)
    page.route("**/beats", now_and_then)
    page.goto(f"/learn/{course.course.slug}/A01.text")
    # Two reports wait; one gets through, and more is studied before the other does.
    for reports, let_through in ((2, 1), (3, 2), (4, 100)):
        for _ in range(TRIES):
            if max([each["seq"] for each in waiting(page)], default=0) >= reports:
                break
            page.wait_for_timeout(50)
        allowed[0] = let_through
        page.evaluate(_BACK)
    nothing_waits(page)
    with database.snapshot() as session:
        slices = session.scalars(select(WatchSlice)).all()
    assert len(slices) >= 4
    assert not [each.refused for each in slices if "already_counted" in each.refused]
