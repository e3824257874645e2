"""Journeys in a real browser, on the embedded engine."""

import pytest
from playwright.sync_api import Page

from lms.accounts.models import Person
from lms.core.clock import utc_now
from lms.core.ids import new_token
from tests.factories.accounts import make_sign_in
from tests.support.site import LiveSite


@pytest.fixture
def engine() -> str:
    return "sqlite"


def enter(page: Page, site: LiveSite, person: Person, *, confirmed: bool = False) -> None:
    """Let the window be the person's signed-in browser, without the sign-in pages."""
    token = new_token()
    moment = utc_now() if confirmed else None
    with site.database.transaction() as session:
        make_sign_in(session, person, token=token, confirmed_at=moment, second_factor_at=moment)
    serializer = site.app.session_interface.get_signing_serializer(site.app)
    value = serializer.dumps({"_user_id": token, "_fresh": True})
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": value, "url": site.url}])
