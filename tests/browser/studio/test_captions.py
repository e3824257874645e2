"""Captions are written beside their video; learners read them once they are published."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.accounts.models import Person
from lms.core.access import Role
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.factories.accounts import make_person, make_staff
from tests.factories.catalog import MadeCourse
from tests.support.browser import barriers
from tests.support.player import until
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
DESK = {"width": 1280, "height": 800}
SAVE = "存好字幕"


@pytest.fixture
def teacher(database: Database) -> Person:
    with database.transaction() as session:
        return make_staff(session, Role.INSTRUCTOR)


@pytest.fixture
def desk(new_context: Callable[..., BrowserContext], live_site: LiveSite, teacher: Person) -> Page:
    page = new_context(viewport=DESK).new_page()
    enter(page, live_site, teacher)
    return page


@pytest.fixture
def editor(desk: Page, course: MadeCourse) -> Page:
    """The editor of the video's Chinese captions, which hold one row."""
    desk.goto(f"/studio/courses/{course.course.slug}")
    desk.get_by_role("button", name="改一版").click()
    desk.goto(f"/studio/courses/{course.course.slug}/lessons/A01")
    desk.get_by_role("link", name="对着视频改").first.click()
    return desk


def rows(page: Page) -> list[tuple[str, str, str]]:
    """Return the rows as start, end and words, once the script has made them."""
    expect(page.locator("[data-switch]")).to_be_visible()
    return page.evaluate(
        "() => [].map.call(document.querySelectorAll('.cues > li'), row => "
        "[].map.call(row.querySelectorAll('input, textarea'), field => field.value))"
    )


def save(page: Page) -> None:
    page.get_by_role("button", name=SAVE).click()
    # Of the page that follows: the one before has a place for words as well.
    expect(page.locator(".note.ok[role=status]")).to_contain_text("字幕存好了")


def publish(page: Page, course: MadeCourse) -> None:
    page.goto(f"/studio/courses/{course.course.slug}")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("[role=status]").first).to_contain_text("发布好了")


def join(page: Page, site: LiveSite, course: MadeCourse) -> Person:
    """Let a new person join the course in the window."""
    with site.database.transaction() as session:
        person = make_person(session)
    enter(page, site, person)
    page.goto(f"/courses/{course.course.slug}")
    page.get_by_role("button", name="免费报名").click()
    return person


def text_of(page: Page, course: MadeCourse) -> str:
    page.goto(f"/learn/{course.course.slug}/A01.video/transcript")
    return page.locator(".said").inner_text()


def test_words_are_typed_played_from_their_place_and_take_the_videos_time(editor: Page) -> None:
    assert rows(editor) == [["0:00.000", "0:05.000", "先看一眼镜头"]]
    assert barriers(editor) == []
    first = editor.locator(".cues > li").first
    first.locator("textarea").fill("先擦镜头")
    first.locator("[data-end]").fill("0：01.5")
    editor.get_by_role("button", name="在后面加一条").click()
    editor.keyboard.type("再 <开口>")
    assert rows(editor)[1] == ["0:01.500", "0:04.500", "再 <开口>"]

    # The buttons move into the row that is chosen: those of the others stay under the finger.
    first.locator("textarea").click()
    second = editor.locator(".cues > li").nth(1)
    second.get_by_role("button", name="从这里放").click()
    expect(second).to_have_class("on")
    expect(second).to_have_attribute("aria-current", "true")
    expect(editor.locator("[data-over]")).to_have_text("再 <开口>")
    until(editor, "v.currentTime > 1.6")
    editor.evaluate("document.getElementById('video').pause()")
    editor.get_by_role("button", name="到现在结束").click()
    ends = rows(editor)[1][1]
    assert 1.6 <= float(ends.removeprefix("0:0")) <= 3.1

    save(editor)
    assert rows(editor) == [["0:00.000", "0:01.500", "先擦镜头"], ["0:01.500", ends, "再 <开口>"]]


def test_learners_read_new_words_once_they_are_published(
    editor: Page,
    new_context: Callable[..., BrowserContext],
    live_site: LiveSite,
    course: MadeCourse,
) -> None:
    place = editor.url
    publish(editor, course)
    phone = new_context().new_page()
    early = join(phone, live_site, course)
    assert "先看一眼镜头" in text_of(phone, course)

    editor.get_by_role("button", name="改一版").click()
    editor.goto(place)
    assert len(rows(editor)) == 1
    editor.locator(".cues textarea").fill("先擦镜头 <再> 开口")
    save(editor)
    assert "先看一眼镜头" in text_of(phone, course)

    publish(editor, course)
    join(phone, live_site, course)
    assert "先擦镜头 <再> 开口" in text_of(phone, course)
    # Who joined before keeps the version joined.
    enter(phone, live_site, early)
    assert "先看一眼镜头" in text_of(phone, course)
    assert barriers(phone) == []


def test_the_text_is_reached_from_the_lesson_and_leads_back_to_the_second(
    lesson_page: Page, course: MadeCourse
) -> None:
    lesson_page.get_by_role("link", name="视频文字稿").click()
    lesson_page.get_by_role("searchbox").fill("镜头")
    lesson_page.keyboard.press("Enter")
    expect(lesson_page.locator("mark")).to_have_text("镜头")
    lesson_page.locator(".said a").click()
    expect(lesson_page).to_have_url(f"/learn/{course.course.slug}/A01.video?at=0")
    expect(lesson_page.locator("video")).to_be_visible()


def test_a_fault_is_told_in_its_row_and_nothing_typed_is_lost(editor: Page) -> None:
    editor.get_by_role("button", name="在后面加一条").click()
    editor.keyboard.type("二\n三")
    second = editor.locator(".cues > li").nth(1)
    second.locator("[data-start]").fill("0:0x")
    expect(second.locator("[data-start]")).to_have_attribute("aria-invalid", "true")
    editor.get_by_role("button", name=SAVE).click()

    expect(editor.locator("[role=alert]")).to_contain_text("还没有存")
    assert rows(editor)[1] == ["0:0x", "0:08.000", "二\n三"]
    expect(second.locator(".err")).to_contain_text("时间读不出来")
    assert barriers(editor) == []
    editor.get_by_role("link", name="第 2 条字幕").click()
    expect(second.locator("textarea")).to_be_focused()
    second.locator("[data-start]").fill("6")
    save(editor)
    assert rows(editor)[1] == ["0:06.000", "0:08.000", "二\n三"]


def test_a_row_taken_out_can_be_put_back_and_the_whole_is_one_text(editor: Page) -> None:
    before = rows(editor)
    editor.get_by_role("button", name="删掉").click()
    assert rows(editor) == []
    expect(editor.get_by_role("button", name="加第一条字幕")).to_be_visible()
    editor.get_by_role("button", name="放回来").click()
    assert rows(editor) == before

    editor.get_by_role("button", name="看成一整篇").click()
    whole = editor.locator("#text")
    expect(whole).to_have_value("WEBVTT\n\n00:00:00.000 --> 00:00:05.000\n先看一眼镜头\n")
    whole.fill("1\n00:00:01,500 --> 00:00:02,000\n<i>大家</i>好 &lt;3\n没有\n\nNOTE 给老师\n\n丢了")
    editor.get_by_role("button", name="一条一条看").click()
    assert rows(editor) == [["0:01.500", "0:02.000", "大家好 <3\n没有"], ["", "", "丢了"]]


def test_an_empty_editor_takes_its_first_caption(editor: Page) -> None:
    editor.get_by_role("link", name="英文字幕").click()
    assert rows(editor) == []
    editor.get_by_role("button", name="加第一条字幕").click()
    editor.keyboard.type("Look at the lens")
    save(editor)
    assert rows(editor) == [["0:00.000", "0:03.000", "Look at the lens"]]


def test_without_scripts_the_text_is_typed_as_one(
    editor: Page,
    new_context: Callable[..., BrowserContext],
    live_site: LiveSite,
    teacher: Person,
) -> None:
    plain = new_context(java_script_enabled=False, viewport=DESK).new_page()
    enter(plain, live_site, teacher)
    plain.goto(editor.url)
    expect(plain.locator(".cues")).to_be_hidden()
    plain.locator("#text").fill("00:01 --> 00:02\n大家好")
    save(plain)
    expect(plain.locator("#text")).to_have_value(
        "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n大家好\n"
    )
