"""What the tests of media share."""

from pathlib import Path

import pytest

from lms.media.gateway.storage import Storage
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
