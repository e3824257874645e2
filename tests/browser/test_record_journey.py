"""A learner reads and prints their file; a supervisor draws a learner and checks the ledger."""

from datetime import date

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import Database
from tests.browser.conftest import enter
from tests.factories.accounts import COUNTY, make_person, make_staff
from tests.factories.assessment import make_graded_attempt, make_quiz
from tests.factories.catalog import both, lesson, make_course, quiz, reading
from tests.factories.enrollment import make_enrollment
from tests.factories.progress import Entry, begin_of, make_check, make_day
from tests.support.browser import barriers
from tests.support.site import LiveSite

DAY = date(2026, 5, 18)


@pytest.fixture
def people(database: Database) -> tuple[Person, Person]:
    """A learner with an evening of study, and the county's supervisor."""
    with database.transaction() as session:
        person = make_person(session, name="林秀芳", town="招贤镇")
        course = make_course(
            session,
            title=both("直播之星", "Live Star"),
            lessons=[
                lesson("A01", reading(minutes=50), title=both("开场", "Opening")),
                lesson("FINAL", quiz("final", quiz_id=make_quiz(session).id)),
            ],
        )
        own = make_enrollment(session, person=person, course=course)
        entries = [Entry(credited=15)] * 8 + [Entry(credited=6, refused={"hidden": 9})]
        lease = make_day(session, own, course, "A01/text", DAY, entries)
        make_check(session, own, lease, shown_at_ms=begin_of(DAY))
        make_graded_attempt(session, own, course, "FINAL/final", percent=70)
        scope = Scope(ScopeKind.COUNTY, COUNTY)
        return person, make_staff(session, Role.SUPERVISOR, scope, name="郑文英")


def fits(page: Page) -> bool:
    """Tell whether nothing sticks out of the window sideways."""
    return page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_learner_unfolds_a_day_and_prints_the_file(
    page: Page, live_site: LiveSite, people: tuple[Person, Person]
) -> None:
    enter(page, live_site, people[0])
    page.goto("/me/record")
    assert barriers(page) == []
    assert fits(page)
    page.get_by_role("link", name="2026-05-18").click()
    expect(page.locator("tbody tr")).to_have_count(9)
    assert barriers(page) == []
    assert fits(page)
    page.goto("/me/record/print")
    assert barriers(page) == []
    expect(page.locator("[data-print]")).to_be_visible()
    page.evaluate("window.print = function () { document.title = 'printed'; }")
    page.locator("[data-print]").click()
    assert page.title() == "printed"
    page.emulate_media(media="print")
    for selector in ("nav", "button", "form"):
        assert page.locator(f"{selector}:visible").count() == 0
    assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


def test_a_supervisor_draws_a_learner_and_has_the_ledger_checked(
    new_context, live_site: LiveSite, people: tuple[Person, Person]
) -> None:
    window: BrowserContext = new_context(viewport={"width": 1280, "height": 800})
    page = window.new_page()
    enter(page, live_site, people[1])
    page.goto("/supervision")
    assert barriers(page) == []
    page.locator(".rail").get_by_role("link", name="抽查").click()
    page.locator("[name=n]").fill("1")
    page.get_by_role("button", name="抽取").click()
    assert barriers(page) == []
    page.get_by_role("link", name="林秀芳").click()
    assert barriers(page) == []
    page.get_by_role("button", name="现在逐条核验").click()
    expect(page.get_by_role("status")).to_contain_text("账本完整：共 9 条记录")
    page.get_by_role("link", name="2026-05-18").click()
    assert barriers(page) == []
    expect(page.locator("table.entries tbody tr")).to_have_count(9)
