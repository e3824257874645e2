"""Many recordings dropped at once become lessons in order, over lines that break."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.catalog.models import Item, Lesson
from lms.media.models import Asset, Caption
from tests.browser.studio.conftest import COURSE, padded
from tests.support.browser import barriers
from tests.support.line import Line
from tests.support.player import TRIES
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
SRT = "1\n00:00:00,000 --> 00:00:02,000\n大家好\n"
# Two of them fill more than what is let through before the line breaks.
SIZE = 1_500_000


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    """Three videos whose names sort otherwise than people count, and captions of one."""
    names = ("第十课 收尾", "第二课 架手机", "第一课 打招呼")
    videos = [
        padded(tmp_path / f"{name}.mp4", SIZE + 8 * place) for place, name in enumerate(names)
    ]
    captions = tmp_path / "第二课 架手机.srt"
    captions.write_text(SRT, encoding="utf-8")
    return [*videos, captions]


def choose(page: Page, files: Sequence[Path]) -> None:
    page.locator("#many-files").set_input_files(files)


def titles(site: LiveSite) -> list[tuple[str, str | None]]:
    """Return the lessons in order, each with the name of its video."""
    with site.database.snapshot() as session:
        rows = session.execute(
            select(Lesson.title, Asset.filename)
            .join(Item, Item.lesson_id == Lesson.id)
            .outerjoin(Asset, Asset.id == Item.asset_id)
            .order_by(Lesson.position)
        )
        return [(title["zh"], filename) for title, filename in rows]


def all_here(page: Page, count: int) -> None:
    expect(page.locator("[data-sum]")).to_have_text(f"共 {count} 个视频，到了 {count} 个。")


WHOLE = [
    ("开播前", None),
    ("第一课 打招呼", "第一课 打招呼.mp4"),
    ("第二课 架手机", "第二课 架手机.mp4"),
    ("第十课 收尾", "第十课 收尾.mp4"),
]


def test_many_files_become_lessons_in_order_with_their_captions(
    page: Page, live_site: LiveSite, recordings: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "课件.pptx").write_bytes(b"PK")
    page.goto(COURSE)
    assert barriers(page) == []

    choose(page, [*recordings, tmp_path / "课件.pptx"])

    all_here(page, 3)
    expect(page.locator("[data-left-out]")).to_contain_text("课件.pptx")
    expect(page.locator("#many .chip", has_text="中文字幕")).to_be_visible()
    assert barriers(page) == []
    assert titles(live_site) == WHOLE
    with live_site.database.snapshot() as session:
        captions = session.scalars(select(Caption)).one()
        assert captions.language == "zh"
        assert session.get_one(Asset, captions.asset_id).filename == "第二课 架手机.mp4"
    live_site.run_jobs()
    expect(page.locator("li[data-state=ready]")).to_have_count(3)


def test_the_same_files_chosen_again_another_day_go_on_where_each_was(
    page: Page, line: Line, live_site: LiveSite, recordings: list[Path]
) -> None:
    page.goto(COURSE)
    line.break_after(SIZE + SIZE // 2)
    choose(page, recordings)
    expect(page.locator("li[data-state=offline]").first).to_be_visible()
    line.mend()
    page.close(run_before_unload=False)

    fresh = page.context.new_page()
    fresh.goto(COURSE)
    expect(fresh.locator("[data-waiting]")).to_contain_text("再选一遍同样的文件")
    assert barriers(fresh) == []
    choose(fresh, recordings)

    all_here(fresh, 3)
    assert titles(live_site) == WHOLE


def test_one_recording_under_two_names_is_one_video_and_no_fault(
    page: Page, live_site: LiveSite, recordings: list[Path]
) -> None:
    first = recordings[0]
    again = first.with_name("第十一课 补拍.mp4")
    again.write_bytes(first.read_bytes())
    page.goto(COURSE)
    choose(page, [first, again])
    all_here(page, 2)
    live_site.run_jobs()
    there = page.locator("li[data-state=there]")
    expect(there).to_contain_text("这个视频您以前传过")
    expect(there.locator("[data-fault]")).not_to_have_class(re.compile(r"\berr\b"))
    (first_title, video), (second_title, same) = titles(live_site)[1:]
    assert (first_title, second_title) == ("第十课 收尾", "第十一课 补拍")
    # Whichever arrived first.
    assert video == same
    assert video in (first.name, again.name)


def test_all_are_paused_and_go_on_together(
    page: Page, line: Line, live_site: LiveSite, recordings: list[Path]
) -> None:
    page.goto(COURSE)
    line.hold_after(SIZE // 2)
    choose(page, recordings[:1])
    for _ in range(TRIES):
        if line.is_at_end:
            break
        page.wait_for_timeout(50)
    page.get_by_role("button", name="全部暂停").click()
    expect(page.locator("li[data-state=paused]")).to_have_count(1)
    choose(page, recordings[1:2])
    expect(page.locator("li[data-state=waiting]")).to_have_count(1)

    page.get_by_role("button", name="全部接着传").click()

    all_here(page, 2)
    assert {name for _title, name in titles(live_site)} == {
        *(None, "第十课 收尾.mp4", "第二课 架手机.mp4")
    }


def test_one_that_is_refused_does_not_keep_the_others(
    page: Page, live_site: LiveSite, recordings: list[Path], tmp_path: Path
) -> None:
    (tmp_path / "第零课.mp4").write_bytes(b"#EXTM3U\n/etc/passwd\n")
    page.goto(COURSE)
    choose(page, [tmp_path / "第零课.mp4", *recordings])
    expect(page.locator("li[data-state=refused]")).to_contain_text("原文件还在您电脑上")
    expect(page.locator("[data-sum]")).to_have_text("共 4 个视频，到了 3 个。")
    assert ("第零课", None) in titles(live_site)
