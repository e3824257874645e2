"""A video on its way over lines that break, pages that are closed and minds that change."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.catalog.models import Item
from lms.media.models import Asset, Upload
from tests.browser.conftest import enter
from tests.browser.studio.conftest import LESSON, SIZE, Arrived, padded
from tests.support.browser import barriers
from tests.support.line import Line
from tests.support.player import TRIES
from tests.support.site import LiveSite

SOME = 2_500_000


def choose(page: Page, path: Path) -> None:
    page.locator("[data-zone] input[type=file]").set_input_files(path)


def row(page: Page) -> Locator:
    return page.locator("[data-rows] > li")


def videos(site: LiveSite) -> list[str]:
    """Return the names of the videos of the lesson."""
    with site.database.snapshot() as session:
        wanted = select(Asset.filename).join(Item, Item.asset_id == Asset.id)
        return list(session.scalars(wanted))


def unfinished(site: LiveSite) -> list[str]:
    with site.database.snapshot() as session:
        wanted = select(Asset.filename).join(Upload, Upload.asset_id == Asset.id)
        return list(session.scalars(wanted.where(Upload.finished_at.is_(None))))


def stop_on_the_way(page: Page, line: Line, path: Path) -> None:
    """Send a part of the file over a line that then falls silent."""
    line.hold_after(SOME)
    choose(page, path)
    for _ in range(TRIES):
        if line.is_at_end:
            return
        page.wait_for_timeout(50)
    pytest.fail("the file never came so far")


def pause(page: Page) -> None:
    page.get_by_role("button", name="停一下").click()
    expect(row(page)).to_contain_text(re.compile(r"停着。共 6.0 MB，2\.\d MB 已存好"))


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
    expect(page.locator(".chip.ok", has_text="可以用了")).to_be_visible(timeout=15_000)
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

    expect(page.locator("[data-asset]")).to_be_visible(timeout=30_000)
    assert arrived.end == SIZE
    assert videos(live_site) == ["第一课.mp4"]


def test_when_the_browser_says_the_line_is_back_it_goes_on_at_once(
    page: Page, line: Line, clip: Path
) -> None:
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


def test_files_that_cannot_be_videos_are_refused_before_a_byte_is_sent(
    page: Page, live_site: LiveSite, tmp_path: Path
) -> None:
    page.goto(LESSON)
    for name, content, sentence in (
        ("课件.pptx", b"PK", "MP4、MOV、MKV"),
        ("空.mp4", b"", "空的"),
    ):
        (tmp_path / name).write_bytes(content)
        choose(page, tmp_path / name)
        expect(page.locator("[data-zone] [data-fault]")).to_contain_text(sentence)
    assert unfinished(live_site) == []


def test_what_the_site_refuses_is_said_in_its_words(
    page: Page, live_site: LiveSite, tmp_path: Path
) -> None:
    page.goto(LESSON)
    (tmp_path / "list.mp4").write_bytes(b"#EXTM3U\n/etc/passwd\n")
    choose(page, tmp_path / "list.mp4")
    expect(row(page).locator("[data-fault]")).to_contain_text("不是视频")
    expect(row(page)).to_contain_text("原文件还在您电脑上")
    expect(page.get_by_text("把视频拖到这里")).to_be_visible()
    assert unfinished(live_site) == []


def test_who_is_signed_out_signs_in_elsewhere_and_goes_on(
    page: Page, line: Line, live_site: LiveSite, clip: Path, teacher: Person, arrived: Arrived
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    pause(page)
    line.mend()
    page.context.clear_cookies()
    page.get_by_role("button", name="接着传").click()
    expect(row(page)).to_contain_text("您的登录过期了")
    expect(page.get_by_role("link", name="在新窗口里重新登录")).to_be_visible()

    enter(page, live_site, teacher)
    page.get_by_role("button", name="接着传").click()

    expect(page.locator("[data-asset]")).to_be_visible()
    assert arrived.end == SIZE


def test_what_is_gone_is_sent_from_the_beginning(
    page: Page, line: Line, live_site: LiveSite, clip: Path
) -> None:
    page.goto(LESSON)
    stop_on_the_way(page, line, clip)
    pause(page)
    line.mend()
    with live_site.database.transaction() as session:
        upload = session.scalars(select(Upload)).one()
        upload.expires_at = upload.created_at
    page.get_by_role("button", name="接着传").click()
    expect(row(page)).to_contain_text("之前传的不在了")
    page.get_by_role("button", name="从头再传").click()
    expect(page.locator("[data-asset]")).to_be_visible()
    assert videos(live_site) == ["第一课.mp4"]
