"""What the tests of media share."""

from collections.abc import Callable
from pathlib import Path

import pytest

from lms.media import queries
from lms.media.gateway.storage import LocalStorage
from lms.media.queries import AssetFacts, RenditionFacts
from tests.factories.accounts import make_person


@pytest.fixture
def media_dir(settings) -> Path:
    return settings.media_dir


@pytest.fixture
def storage(tmp_path) -> LocalStorage:
    return LocalStorage(tmp_path / "media")


def pictures(found: AssetFacts) -> list[RenditionFacts]:
    """Return the renditions with something to see."""
    return [file for file in found.renditions if file.label != "audio"]


def sound(found: AssetFacts) -> RenditionFacts | None:
    """Return the sound alone, if there is one."""
    return next((file for file in found.renditions if file.label == "audio"), None)


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
