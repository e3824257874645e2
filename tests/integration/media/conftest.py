"""What the tests of media share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms.media import queries
from lms.media.gateway.storage import Storage
from lms.media.queries import AssetFacts
from tests.factories.accounts import make_person


@pytest.fixture
def media_dir(settings) -> Path:
    return settings.media_dir


@pytest.fixture
def storage(tmp_path) -> Storage:
    return Storage(tmp_path / "media")


@pytest.fixture
def owner_id(database) -> int:
    """An instructor who sends videos."""
    with database.transaction() as session:
        return make_person(session).id


@pytest.fixture
def facts(database) -> Callable[[str], AssetFacts]:
    """Call it for what is known of an asset."""

    def facts(asset_id: str) -> AssetFacts:
        with database.snapshot() as session:
            return queries.asset_facts(session, [asset_id])[asset_id]

    return facts
