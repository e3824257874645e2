"""A real browser keeps its number over signing out and shows it to no script."""

import re

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person, SignIn
from lms.core.ids import digest
from tests.factories.accounts import make_person
from tests.support.site import LiveSite

_PASSWORD = "blue-pomelo-42"


@pytest.fixture
def neighbours(live_site: LiveSite) -> list[Person]:
    hashed = keys_of(live_site.app.extensions["lms_settings"]).passwords.hash(_PASSWORD)
    with live_site.database.transaction() as session:
        return [make_person(session, password_hash=hashed) for _ in range(2)]


def test_neighbours_who_hand_a_phone_on_have_the_same_number(
    page: Page, live_site: LiveSite, neighbours: list[Person]
) -> None:
    for person in neighbours:
        page.goto("/sign-in?way=password")
        page.locator("main input[name=phone]").fill(str(person.phone))
        page.locator("main input[name=password]").fill(_PASSWORD)
        page.locator("main input[name=password]").press("Enter")
        expect(page).not_to_have_url(re.compile("/sign-in"))
        assert "browser=" not in page.evaluate("document.cookie")
        page.goto("/sign-out")
        page.locator("main").get_by_role("button", name="退出登录").click()
        expect(page).to_have_url(re.compile("/sign-in"))
    [number] = [each["value"] for each in page.context.cookies() if each["name"] == "browser"]
    with live_site.database.snapshot() as session:
        rows = session.execute(select(SignIn.person_id, SignIn.browser_hash).order_by(SignIn.id))
        assert rows.all() == [(person.id, digest(number)) for person in neighbours]
