"""The rooms of the desk on a phone: folded, named, reached by keys, nothing aside the screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lms.core.access import Role, Scope, ScopeKind
from tests.browser.conftest import enter
from tests.factories.accounts import make_county, make_staff
from tests.support.browser import barriers
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
SIDEWAYS = """Array.prototype.filter.call(
  document.querySelectorAll("nav *, form, form *"),
  function (x) {
    return x.scrollWidth > x.clientWidth + 1 && getComputedStyle(x).overflowX === "auto";
  }
).length"""
TOUCHED = ".rail a, .rail summary, .fbar input:not([type=checkbox]), .fbar select"
SMALL = f"""Array.prototype.filter.call(
  document.querySelectorAll("{TOUCHED}"),
  function (x) {{ var h = x.getBoundingClientRect().height; return h && h < 44; }}
).length"""


@pytest.fixture
def desk(live_site: LiveSite, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """Call it for a page of an administrator."""

    def opened(width: int, *, height: int = 740, script: bool = True) -> Page:
        with live_site.database.transaction() as session:
            make_county(session, "330822")
            clerk = make_staff(
                session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330822"), name="周敏"
            )
        size = {"width": width, "height": height}
        page: Page = new_context(viewport=size, java_script_enabled=script).new_page()
        enter(page, live_site, clerk)
        return page

    return opened


@pytest.mark.parametrize("language", ["zh", "en"])
def test_on_a_phone_the_rooms_fold_behind_the_one_that_is_open(
    desk: Callable[..., Page], language: str
) -> None:
    page = desk(360)
    names = {"zh": ("菜单 · 结业与花名册", "人员"), "en": ("Menu · Completions", "People")}
    closed, people = names[language]
    page.goto(f"/staff/completions?lang={language}")
    menu, link = page.locator(".rooms summary"), page.get_by_role("link", name=people, exact=True)
    expect(menu).to_have_text(closed)
    expect(link).to_be_hidden()
    assert (page.evaluate(SIDEWAYS), page.evaluate(SMALL)) == (0, 0)
    menu.focus()
    page.keyboard.press("Enter")
    expect(link).to_be_visible()
    expect(page.locator(".rooms [aria-current=page]")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    assert barriers(page) == []
    link.click()
    expect(page.locator(".rooms summary")).to_contain_text(people)
    expect(page.locator(".rooms")).not_to_have_attribute("open", "")


def test_the_menu_opens_without_a_script(desk: Callable[..., Page]) -> None:
    page = desk(360, script=False)
    page.goto("/staff/people")
    page.locator(".rooms summary").click()
    page.get_by_role("link", name="操作记录", exact=True).click()
    expect(page.locator("h1")).to_have_text("操作记录")
    for address in ("/staff/completions", "/staff/people", "/staff/classes", "/supervision/audit"):
        page.goto(address)
        filters = page.locator(".fbar").bounding_box()
        last = page.locator(".fbar > :last-child").bounding_box()
        assert filters is not None
        assert last is not None
        assert last["x"] + last["width"] <= 360
        assert filters["width"] <= 360


def test_on_a_desk_the_rooms_stand_beside_the_page(desk: Callable[..., Page]) -> None:
    page = desk(1280)
    page.goto("/staff/completions")
    expect(page.locator(".rooms")).to_be_hidden()
    rail, link = page.locator(".rail").bounding_box(), page.locator(".rail > ul a").last
    expect(link).to_be_in_viewport()
    assert rail is not None
    assert (rail["width"], rail["height"]) == (212, 740)
    switches = page.locator(".switches").bounding_box()
    assert switches is not None
    assert switches["y"] > 600


def test_more_rooms_than_a_low_window_holds_scroll_within_the_rail(
    desk: Callable[..., Page],
) -> None:
    page = desk(1280, height=420)
    page.goto("/staff/completions")
    expect(page.locator(".switches")).to_be_in_viewport()
    last = page.locator(".rail > ul a").last
    expect(last).not_to_be_in_viewport()
    last.focus()
    expect(last).to_be_in_viewport()
    assert barriers(page) == []
    assert page.evaluate("window.scrollY") == 0
