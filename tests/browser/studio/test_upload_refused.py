"""What stands in an upload's way is said, and waited for where waiting helps."""

from pathlib import Path

import pytest
from playwright.sync_api import Dialog, Page, Route, expect
from sqlalchemy import select

from lms.accounts.models import Person
from lms.media.models import Upload
from tests.browser.conftest import enter
from tests.browser.studio.conftest import (
    LESSON,
    SIZE,
    Arrived,
    choose,
    pause,
    row,
    stop_on_the_way,
    unfinished,
    videos,
)
from tests.support.line import Line
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine


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
    with live_site.database.transaction() as session:
        upload = session.scalars(select(Upload)).one()
        upload.expires_at = upload.created_at
    page.get_by_role("button", name="接着传").click()
    expect(row(page)).to_contain_text("之前传的不在了")
    page.get_by_role("button", name="从头再传").click()
    expect(page.locator("[data-asset]")).to_be_visible()
    assert videos(live_site) == ["第一课.mp4"]


def test_a_site_that_cannot_take_it_now_is_waited_for(
    page: Page, live_site: LiveSite, clip: Path, arrived: Arrived
) -> None:
    refused: list[str] = []

    def refuse(route: Route) -> None:
        if route.request.method == "PATCH" and len(refused) < 2:
            refused.append(route.request.headers["upload-offset"])
            detail = {"code": "disk_full", "detail": "网站现在放不下了。"}
            route.fulfill(status=503, json=detail, headers={"Retry-After": "1"})
        else:
            route.fallback()

    page.route("**/api/v1/uploads/*", refuse)
    page.goto(LESSON)
    choose(page, clip)

    expect(row(page)).to_contain_text("网站现在放不下了。")
    expect(row(page)).to_contain_text("过一会儿自动接着传")
    expect(page.locator("[data-asset]")).to_be_visible()
    assert refused == ["0", "0"]
    assert arrived.end == SIZE
    assert videos(live_site) == ["第一课.mp4"]


def test_only_while_bytes_are_sent_leaving_is_asked_about(
    page: Page, line: Line, clip: Path
) -> None:
    asked: list[str] = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", answer)
    page.goto(LESSON)
    # Browsers ask only where somebody has touched the page.
    page.locator("#title_zh").click()
    stop_on_the_way(page, line, clip)
    page.close(run_before_unload=True)
    expect(row(page)).to_be_visible()
    assert asked == ["beforeunload"]

    pause(page)
    page.close(run_before_unload=True)
    page.wait_for_event("close")
    assert asked == ["beforeunload"]
