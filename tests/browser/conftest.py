"""Journeys in a real browser, on the embedded engine."""

import pytest


@pytest.fixture
def engine() -> str:
    return "sqlite"
