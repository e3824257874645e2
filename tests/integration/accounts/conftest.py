"""What the tests of people share: a person, the keys, a browser that comes in."""

import pytest

from lms.accounts.domain.devices import visit_of
from lms.accounts.gateway import keys_of


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def visit():
    return visit_of(
        "Mozilla/5.0 (Linux; Android 10) MicroMessenger/8.0", number="n" * 32, replaces=None
    )
