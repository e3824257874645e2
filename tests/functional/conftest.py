"""Views are tested on the embedded engine; what differs between engines is tested below them."""

import pytest


@pytest.fixture
def engine() -> str:
    return "sqlite"
