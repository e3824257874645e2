"""A video on its way over lines that break, pages that are closed and minds that change."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.studio.conftest import (
    LESSON,
    SIZE,
    SOME,
    Arrived,
    choose,
    padded,
    pause,
    row,
    stop_on_the_way,
    unfinished,
    videos,
)
from tests.support.browser import barriers
from tests.support.line import Line
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine


def test_a_video_is_sent_checked_converted_and_ready_while_words_stay(
    page: Page, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    page.goto(LESSON)
    page.locator("#title_zh").fill("还没存的题目")
    assert barriers(page) == []

    choose(page, clip)

    expect(page.locator("[data-asset]")).to_contain_text("正在排队检查")
    assert arrived.end == SIZE
    assert videos(live_site) == ["第一课.mp4"]
    live_site.run_jobs()
    expect(page.locator(".chip.ok", has_text="可以用了")).to_be_visible()
    expect(page.locator("#title_zh")).to_have_value("还没存的题目")


def test_a_line_that_is_lost_is_told_and_the_upload_goes_on_by_itself(
    page: Page, line: Line, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    page.goto(LESSON)
    line.break_after(SOME)
    choose(page, clip)

    expect(row(page)).to_contain_text("网断了。")
    expect(row(page)).to_contain_text("MB 已存好，连上网自动接着传")
    assert barriers(page) == []
    line.mend()

    expect(page.locator("[data-asset]")).to_be_visible()
    assert arrived.end == SIZE
    assert videos(live_site) == ["第一课.mp4"]


def test_when_the_browser_says_the_line_is_back_it_goes_on_at_once(
    page: Page, line: Line, clip: Path
) -> None:
    # The pauses between tries are drawn by lot: so long a one would outlast the test.
    page.add_init_script("Math.random = () => 1000")
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    page.context.set_offline(True)
    expect(row(page)).to_contain_text("网断了。")
    line.mend()
    page.context.set_offline(False)
    expect(page.locator("[data-asset]")).to_be_visible()


def test_a_closed_page_goes_on_another_day_with_the_same_file(
    page: Page, line: Line, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    page.close(run_before_unload=False)
    line.mend()
    # Nothing in the browser remembers: another computer would do as well.
    fresh = page.context.new_page()
    fresh.goto(LESSON)

    expect(row(fresh)).to_contain_text("第一课.mp4：共 6.0 MB，到了")
    assert barriers(fresh) == []
    choose(fresh, clip)

    expect(fresh.locator("[data-asset]")).to_be_visible()
    assert arrived.end == SIZE
    assert (videos(live_site), unfinished(live_site)) == (["第一课.mp4"], [])


def test_a_pause_keeps_what_arrived_until_it_goes_on(
    page: Page, line: Line, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    pause(page)
    expect(page.get_by_role("button", name="接着传")).to_be_focused()
    line.mend()
    assert unfinished(live_site) == ["第一课.mp4"]

    page.get_by_role("button", name="接着传").click()

    expect(page.locator("[data-asset]")).to_be_visible()
    assert arrived.end == SIZE


def test_stopping_asks_and_then_throws_away_what_arrived(
    page: Page, line: Line, live_site: LiveSite, clip: Path
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    pause(page)
    line.mend()
    page.get_by_role("button", name="不传了", exact=True).click()
    expect(row(page)).to_contain_text("真的不传了吗")
    page.get_by_role("button", name="还是接着传").click()
    assert unfinished(live_site) == ["第一课.mp4"]

    page.get_by_role("button", name="不传了", exact=True).click()
    page.get_by_role("button", name="不传了，删掉").click()

    expect(page.get_by_text("把视频拖到这里")).to_be_visible()
    assert (unfinished(live_site), videos(live_site)) == ([], [])


@pytest.mark.parametrize(
    ("answer", "left"),
    [("留着没传完的", ["第一课.mp4"]), ("换成新的", [])],
    ids=["keep", "replace"],
)
def test_another_file_is_taken_only_when_asked(
    answer: str, left: list[str], page: Page, line: Line, live_site: LiveSite, clip: Path
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    pause(page)
    line.mend()
    page.reload()
    choose(page, padded(clip.parent / "重录.mp4", SIZE + 8))
    expect(row(page)).to_contain_text("这里有一个没传完的“第一课.mp4”")
    assert barriers(page) == []

    page.get_by_role("button", name=answer).click()

    if left:
        expect(row(page)).to_contain_text("第一课.mp4：共 6.0 MB，到了")
    else:
        expect(page.locator("[data-asset]")).to_be_visible()
    assert unfinished(live_site) == left
    assert videos(live_site) == ([] if left else ["重录.mp4"])
