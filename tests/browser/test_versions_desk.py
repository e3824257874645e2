"""An administrator looks who has which version, moves a class, opens another: phone and PC."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.factories.accounts import make_county, make_staff
from tests.factories.catalog import both, lesson, make_course, make_revision, reading
from tests.factories.enrollment import make_class, make_enrollment
from tests.support.browser import barriers
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine


@pytest.fixture
def slug(database: Database) -> str:
    with database.transaction() as session:
        make_county(session, "330881")
        old = make_course(
            session,
            title=both("直播之星·主播班", "Live Streaming Stars"),
            lessons=[
                lesson("A01", title=both("主播是做什么的", "What an anchor does")),
                lesson("A04", title=both("不能说的话:广告用语", "Words you must not say")),
            ],
        )
        autumn = make_class(session, old, title="2026 秋季一班(何家乡)")
        for _ in range(3):
            make_enrollment(session, course=old, training_class_id=autumn.id)
        for _ in range(2):
            make_enrollment(session, course=old)
        make_revision(
            session,
            old.course,
            title=both("直播之星·主播班", "Live Streaming Stars"),
            lessons=[
                lesson("A01", reading(), reading("more"), title=both("主播是做什么的", "Anchors")),
                lesson("A07", title=both("选对农产品", "Choosing farm products")),
            ],
        )
        return old.course.slug


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_class_is_moved_after_a_look(
    width: int,
    language: str,
    slug: str,
    live_site: LiveSite,
    new_context: Callable[..., BrowserContext],
) -> None:
    with live_site.database.transaction() as session:
        clerk = make_staff(
            session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330822"), name="周敏"
        )
    page: Page = new_context(viewport={"width": width, "height": 800}).new_page()
    enter(page, live_site, clerk)
    page.goto(f"/staff/courses/{slug}/versions?lang={language}")
    fits(page, "board")
    row = page.locator("tbody tr", has_text="秋季一班")
    expect(row.locator("td").nth(1)).to_have_text("3")
    row.locator("a.btn").click()
    fits(page, "preview")
    page.locator("form button.main").click()
    expect(page.locator("progress")).to_be_visible()
    fits(page, "moving")
    live_site.run_jobs()
    page.goto(f"/staff/courses/{slug}/versions")
    expect(row).to_have_count(1)
    expect(row.locator("a.btn")).to_have_count(0)
    expect(row.locator("td").nth(1)).to_have_text("3")
    page.locator("#title").fill("冬季班")
    page.locator("form button.main").click()
    expect(page.locator("tbody tr", has_text="冬季班")).to_be_visible()
    fits(page, "done")


def fits(page: Page, _name: str) -> None:
    assert barriers(page) == []
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0
