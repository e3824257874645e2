"""A villager on a phone: sign in by code, join, watch, answer, complete."""

import re

from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.catalog.tree import revision_tree
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.progress.models import MaterialProgress, WatchSlice
from tests.factories.catalog import MadeCourse
from tests.support.browser import barriers
from tests.support.site import LiveSite

_SECONDS = 3


def sign_up(page: Page, site: LiveSite, phone: str, name: str) -> None:
    page.goto("/")
    page.get_by_role("link", name="登录或注册").click()
    page.get_by_label("手机号").fill(phone)
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="发短信验证码").click()
    site.run_jobs()
    outbox = page.context.new_page()
    outbox.goto("/outbox")
    code = re.search(r"\b(\d{6})\b", outbox.locator("main").inner_text())
    assert code is not None
    outbox.close()
    page.locator("#code").fill(code.group(1))
    page.get_by_role("button", name="登录", exact=True).click()
    page.get_by_label("姓名").fill(name)
    page.get_by_role("button", name="开始学习").click()


def answer_all(page: Page) -> None:
    """Give the right answers of the factory's questions and hand in."""
    for _ in range(5):
        page.wait_for_selector("fieldset:not([hidden]) .choice")
        many = page.locator("fieldset:not([hidden]) input[type=checkbox]").count() > 0
        for key in "ac" if many else "a":
            page.locator("fieldset:not([hidden]) label.choice", has_text=f"选项 {key}").click()
        page.locator(".act button.main").click()
    # The button of the last question looks the same.
    expect(page.get_by_role("heading", name="题都答完了")).to_be_visible()
    page.locator("button.main").click()


def watch_to_the_end(page: Page, database: Database) -> None:
    """Play the video; what the page shows is what the ledger holds."""
    page.locator("[data-play]").click()
    expect(page.locator("[data-state]")).to_have_text("这一步学完了。")
    with database.snapshot() as session:
        sets = session.scalars(select(MaterialProgress)).one()
        slices = session.scalars(select(WatchSlice)).all()
    assert sets.seen_ms >= _SECONDS * 900
    assert sets.credited_ms <= sets.seen_ms
    assert sum(entry.credited_ms for entry in slices) == sets.credited_ms
    assert page.locator("[data-verified-text]").inner_text().startswith("已核验 0 分")


def test_from_the_first_link_to_the_completed_course(
    page: Page, live_site: LiveSite, database: Database, course: MadeCourse
) -> None:
    sign_up(page, live_site, "138 5700 5678", "林秀芳")
    expect(page.get_by_role("heading", level=1)).to_contain_text("林秀芳")
    page.get_by_role("link", name="去选课").click()
    page.get_by_role("link", name="直播之星").click()
    page.get_by_role("button", name="免费报名").click()
    expect(page).to_have_url(re.compile(r"/learn/[^/]+/A01\.video$"))
    assert barriers(page) == []

    watch_to_the_end(page, database)
    page.goto(f"/learn/{course.course.slug}/A01.quiz")
    page.get_by_role("button", name="开始做题").click()
    answer_all(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("通过")

    page.goto(f"/learn/{course.course.slug}")
    page.get_by_role("button", name="开始做题").click()
    answer_all(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("通过")

    with database.snapshot() as session:
        enrollment = session.scalars(select(Enrollment)).one()
        assert revision_tree(session, enrollment.revision_id).slug == course.course.slug
    assert enrollment.status == "completed"
    page.goto("/")
    expect(page.locator("main")).to_contain_text("结业")


def test_a_second_page_takes_over_and_the_first_says_so(
    page: Page, live_site: LiveSite, course: MadeCourse
) -> None:
    sign_up(page, live_site, "13857005679", "王小二")
    page.goto(f"/courses/{course.course.slug}")
    page.get_by_role("button", name="免费报名").click()
    page.locator("[data-play]").click()
    expect(page.locator("[data-state]")).to_have_text("正在计时……")
    other = page.context.new_page()
    other.goto(f"/learn/{course.course.slug}/A01.text")
    expect(other.locator("[data-state]")).to_have_text("正在计时……")
    expect(page.locator("button[data-again]")).to_be_visible()
    expect(page.locator("[data-state]")).to_contain_text("另一台手机")


def test_the_video_plays_without_javascript(
    new_context: object, live_site: LiveSite, course: MadeCourse, page: Page
) -> None:
    sign_up(page, live_site, "13857005670", "赵六")
    page.goto(f"/courses/{course.course.slug}")
    page.get_by_role("button", name="免费报名").click()
    state = page.context.storage_state()
    plain = new_context(java_script_enabled=False, storage_state=state).new_page()
    plain.goto(f"/learn/{course.course.slug}/A01.video")
    expect(plain.locator("video")).to_have_attribute("controls", "")
    expect(plain.locator("noscript p")).to_contain_text("算不了时间")
    source = plain.locator("source").first.get_attribute("src")
    part = plain.request.get(source, headers={"Range": "bytes=0-99"})
    assert (part.status, len(part.body())) == (206, 100)
