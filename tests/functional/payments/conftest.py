"""A shop whose Stripe is ours, spoken to with the real library over HTTP."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms.settings import Settings
from tests.factories.shop import Shop, open_shop, with_till
from tests.support import site
from tests.support.stripe_till import RunningTill, running


@pytest.fixture
def till() -> Iterator[RunningTill]:
    """A Stripe of our own that tells nobody yet."""
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
