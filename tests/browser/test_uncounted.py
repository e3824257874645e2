"""What did not count is said, played again at one tap, and counts."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from sqlalchemy import select

from lms.db.session import Database
from lms.progress.models import MaterialProgress
from tests.factories.catalog import MadeCourse
from tests.support.player import play_in_the_background, until

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
_LOST = [(0.2, 1.2), (1.6, 2.6)]


@pytest.fixture
def again(lesson_page: Page) -> Page:
    """The lesson with two stretches that were seen and did not count."""
    assert play_in_the_background(lesson_page, *_LOST) == [2.0]
    lesson_page.reload()
    return lesson_page


def credited(database: Database) -> list[tuple[int, int]]:
    with database.snapshot() as session:
        return [tuple(each) for each in session.scalars(select(MaterialProgress)).one().credited]


def test_one_button_plays_exactly_what_did_not_count(again: Page, database: Database) -> None:
    why = again.locator("#why")
    expect(why.locator("b").first).to_have_text("有 2 秒没有算")
    why.locator("> summary").click()
    again.locator("[data-rate]").click()
    again.get_by_role("button", name="一次补看完").click()
    state = again.locator("[data-state]")
    expect(state).to_have_text("正在补看：第 1 段，共 2 段")
    expect(state).to_have_text("正在补看：第 2 段，共 2 段")
    expect(state).to_have_text("没算的都补上了。")
    assert again.evaluate("document.querySelector('video').paused")
    assert again.evaluate("document.querySelector('video').playbackRate") == 1
    expect(why.locator("b").first).to_have_text("没算的都补上了。")
    expect(again.get_by_role("button", name="一次补看完")).to_be_hidden()
    got = credited(database)
    for begin, end in _LOST:
        assert any(a <= begin * 1000 + 1 and end * 1000 <= b for a, b in got), got
    # A stretch ends with the next report of the time, a quarter of a second at the latest.
    assert sum(b - a for a, b in got) <= 2_000 + 2 * 300
    assert not any(a < 150 for a, _ in got)


def test_who_goes_elsewhere_leaves_the_replay(again: Page) -> None:
    again.locator("#why > summary").click()
    again.get_by_role("button", name="一次补看完").click()
    until(again, "!v.paused && v.currentTime > 0.3")
    again.evaluate("document.querySelector('video').currentTime = 2.2")
    until(again, "v.ended")


def test_what_a_beat_loses_is_said_with_its_reason(lesson_page: Page) -> None:
    def refuse(route: Route) -> None:
        real = route.fetch()
        refused = [
            {"seconds": 65.2, "reason": "gap", "message": "网络断了，没收到记录"},
            {"seconds": 30, "reason": "already_counted", "message": "这一段以前算过了"},
        ]
        route.fulfill(response=real, json=real.json() | {"refused": refused, "completed": False})

    lesson_page.route("**/beats", refuse)
    lesson_page.locator("[data-play]").click()
    expect(lesson_page.locator("[data-state]")).to_have_text(
        re.compile("有 1 分 5 秒没有算：网络断了，没收到记录。")
    )


def lock(page: Page) -> None:
    """Let the programme forbid skipping ahead."""

    def locked(route: Route) -> None:
        real = route.fetch()
        body = re.sub('data-seeking="[a-z]+"', 'data-seeking="locked"', real.text())
        route.fulfill(response=real, body=body)

    page.route("**/learn/**", locked)
    page.reload()


def test_locked_nobody_skips_ahead_and_replay_is_free(lesson_page: Page) -> None:
    lock(lesson_page)
    video = "document.querySelector('video')"
    lesson_page.locator("[data-play]").click()
    until(lesson_page, "v.currentTime > 0.6 && !v.paused")
    lesson_page.evaluate(f"{video}.pause()")
    before = lesson_page.evaluate(f"{video}.currentTime")
    lesson_page.evaluate(f"{video}.currentTime = 2.5")
    until(lesson_page, "!v.seeking")
    assert lesson_page.evaluate(f"{video}.currentTime") == pytest.approx(before, abs=0.3)
    expect(lesson_page.locator("[data-state]")).to_contain_text("第一遍不能往后跳")
    lesson_page.evaluate(f"{video}.currentTime = 0.1")
    until(lesson_page, "!v.seeking")
    assert lesson_page.evaluate(f"{video}.currentTime") == pytest.approx(0.1, abs=0.05)


def test_locked_one_may_go_to_what_was_seen_on_another_day(again: Page) -> None:
    lock(again)
    again.goto(f"{again.url}?at=2")
    again.locator("[data-play]").click()
    until(again, "!v.paused && v.currentTime > 2")


def test_free_one_may_skip_and_it_is_merely_not_counted(
    lesson_page: Page, database: Database
) -> None:
    lesson_page.locator("[data-play]").click()
    until(lesson_page, "!v.paused && v.currentTime > 0")
    lesson_page.evaluate("document.querySelector('video').currentTime = 2.5")
    until(lesson_page, "v.ended")
    expect(lesson_page.locator("[data-state]")).to_have_text("停了，没在算。")
    assert sum(b - a for a, b in credited(database)) < 1_500


def test_on_a_page_to_read_it_is_made_up_by_reading_on(
    lesson_page: Page, course: MadeCourse
) -> None:
    def soon(route: Route) -> None:
        real = route.fetch()
        route.fulfill(response=real, json=real.json() | {"beat_seconds": 1})

    lesson_page.route("**/lease", soon)
    lesson_page.goto(f"/learn/{course.course.slug}/A01.text")
    assert play_in_the_background(lesson_page, (0, 2)) == [2.0]
    lesson_page.reload()
    why = lesson_page.locator("#why")
    expect(why.locator("b").first).to_have_text("有 2 秒没有算")
    why.locator("> summary").click()
    expect(why.locator("[data-mend]")).to_have_text("在这一页再看一会儿，缺的还能补上。")
    expect(why.locator("b").first).to_have_text("没算的都补上了。")
    expect(why.locator("[data-time]")).to_be_hidden()
    expect(why.locator("[data-mend]")).to_be_hidden()
