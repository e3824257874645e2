"""A graduate takes a badge along; a stranger without scripts checks it; two people take it back."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import BrowserContext, Page, expect

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.factories.accounts import make_staff
from tests.factories.credentials import make_graduate, make_pending
from tests.support.browser import barriers
from tests.support.site import LiveSite

Windows = Callable[..., BrowserContext]


def graduate(database: Database) -> Person:
    with database.transaction() as session:
        made = make_graduate(session)
        make_pending(session, made)
        return made.person


def administrator(windows: Windows, site: LiveSite, name: str) -> Page:
    with site.database.transaction() as session:
        scope = Scope(ScopeKind.COUNTY, "330822")
        staff = make_staff(session, Role.ADMINISTRATOR, scope, name=name)
    page = windows(viewport={"width": 1280, "height": 800}).new_page()
    enter(page, site, staff, confirmed=True)
    return page


def take_along(page: Page, site: LiveSite, person: Person, folder: Path) -> Path:
    """Open one's badges, save the picture, and let the whole name be shown."""
    enter(page, site, person)
    page.goto("/me/badges")
    expect(page.get_by_role("status")).to_contain_text("正在签发")
    site.run_jobs()
    page.reload()
    expect(page.get_by_role("heading", name="直播之星 · 主播班")).to_be_visible()
    assert barriers(page) == []
    with page.expect_download() as waiting:
        page.get_by_role("link", name="存图").click()
    saved = folder / waiting.value.suggested_filename
    waiting.value.save_as(saved)
    page.get_by_role("button", name="显示全名").click()
    expect(page.get_by_role("button", name="只显示一部分")).to_be_visible()
    return saved


def test_from_the_badge_to_the_check_page_and_back(
    new_context: Windows, live_site: LiveSite, database: Database, tmp_path: Path
) -> None:
    person = graduate(database)
    holder = new_context().new_page()
    picture = take_along(holder, live_site, person, tmp_path)
    assert picture.name.startswith("XB")
    stranger = new_context(java_script_enabled=False).new_page()
    stranger.goto("/credentials/")
    stranger.get_by_label("或者选徽章文件").set_input_files(picture)
    stranger.locator("form[enctype] button").click()
    expect(stranger.get_by_role("heading", name="这枚徽章现在有效")).to_be_visible()
    expect(stranger.get_by_text("林秀芳")).to_be_visible()
    stranger.get_by_label("徽章编号").fill(picture.stem.lower().replace("-", " "))
    stranger.locator("form[role=search] button").click()
    stranger.wait_for_url("**/credentials/*-*")
    check_page = stranger.url
    revoke(new_context, live_site, person)
    stranger.goto(check_page)
    expect(stranger.get_by_role("heading", name="这枚徽章已经作废")).to_be_visible()
    expect(stranger.get_by_text("这枚徽章发错了")).to_be_visible()
    holder.goto("/me/badges")
    expect(holder.get_by_text("课程换了版本")).to_be_visible()


def revoke(windows: Windows, site: LiveSite, person: Person) -> None:
    """Let one administrator ask and another one confirm."""
    first, second = (administrator(windows, site, name) for name in ("周敏", "程晓红"))
    first.goto(f"/staff/learners/{person.id}")
    first.get_by_role("link", name="看徽章").click()
    assert barriers(first) == []
    first.get_by_text("这枚徽章发错了").click()
    first.get_by_label("查到了什么").fill("课程换了版本，这一枚发错了。")
    first.get_by_role("button", name="提出作废").click()
    expect(first.get_by_role("status").first).to_contain_text("另一位管理员")
    first.goto("/staff/badges/requests")
    expect(first.get_by_role("button", name="作废这枚徽章")).to_have_count(0)
    second.goto("/staff/badges/requests")
    assert barriers(second) == []
    second.get_by_role("button", name="作废这枚徽章").click()
    expect(second.get_by_text("已经作废，也通知了本人")).to_be_visible()
    site.run_jobs()
