"""Figures keep nobody out and nothing runs aside the screen, on a phone and at a desk."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext

from lms.core.access import Role, Scope, ScopeKind
from lms.insights.service.rounds import catch_up
from tests.browser.conftest import enter
from tests.factories.accounts import COUNTY, make_county, make_staff
from tests.factories.insights import dice, make_courses, make_history
from tests.support.browser import barriers
from tests.support.site import LiveSite

# The browser is what is tried; `make faults` tries it on PostgreSQL too.
pytestmark = pytest.mark.one_engine
PAGES = ("/staff/figures", "/staff/figures/by/town", "/staff/figures/budget", "/figures")


@pytest.mark.parametrize(("width", "language"), [(360, "en"), (1280, "zh")])
def test_pages_of_figures_are_open_to_everybody(
    live_site: LiveSite, new_context: Callable[..., BrowserContext], width: int, language: str
) -> None:
    with live_site.database.transaction() as session:
        make_county(session, COUNTY)
        make_history(session, dice(3), make_courses(session))
        clerk = make_staff(session, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY))
    catch_up(live_site.database)
    page = new_context(viewport={"width": width, "height": 740}).new_page()
    enter(page, live_site, clerk)
    for address in PAGES:
        page.goto(f"{address}?lang={language}")
        assert barriers(page) == [], address
        assert page.evaluate("document.documentElement.scrollWidth") <= width, address
