"""Journeys in a real browser, on the embedded engine."""

import pytest


@pytest.fixture
def engine() -> str:
    return "sqlite"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "browser" in item.path.parts:
            item.add_marker(pytest.mark.browser)
