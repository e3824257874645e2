"""A shop whose Stripe has a page to click, and the phone of whoever buys there."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from lms.settings import Settings
from tests.browser.conftest import enter
from tests.factories.shop import Shop, open_shop, with_till
from tests.support import site
from tests.support.browser import watched_context
from tests.support.stripe_till import RunningTill, running


@pytest.fixture
def till() -> Iterator[RunningTill]:
    """A Stripe of our own, with a page to click."""
    with running() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path, database_url: str, till: RunningTill) -> Settings:
    """Settings of a site whose Stripe is the till."""
    return with_till(site.settings_for_test(tmp_path, database_url), till)


@pytest.fixture
def shop(live_site: site.LiveSite, till: RunningTill) -> Shop:
    """A course for 29 yuan, and somebody who wants it."""
    return open_shop(live_site, till)


@pytest.fixture
def page(browser: Browser, shop: Shop) -> Iterator[Page]:
    """The phone of whoever buys; it may go to the till and nowhere else."""
    with watched_context(browser, shop.site.url, shop.till.url) as context:
        page = context.new_page()
        enter(page, shop.site, shop.person)
        yield page
