"""What the tests of media share."""

from collections.abc import Callable
from pathlib import Path

import av
import pytest

from lms.db.session import Database
from lms.media import queries, service
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


def served(storage: LocalStorage, found: AssetFacts, name: str) -> Path:
    """Return where a file of the video lies."""
    return storage.served(found.asset_id, found.version or "", name)


def size_of(picture: Path) -> tuple[int, int]:
    """Return the sides of a picture in pixels."""
    with av.open(str(picture)) as opened:
        found = opened.streams.video[0].codec_context
        return found.width, found.height


@pytest.fixture
def send(database: Database, media_dir: Path, owner_id: int, tmp_path: Path) -> Callable[..., str]:
    """Upload a file or some bytes; return the asset's id."""

    def send(content: Path | bytes, filename: str = "lesson.mp4") -> str:
        path = content
        if isinstance(content, bytes):
            path = tmp_path / "sent"
            path.write_bytes(content)
        with path.open("rb") as stream:
            received = service.receive(LocalStorage(media_dir), stream, declared_bytes=None)
        with database.transaction() as session:
            return service.register_upload(
                session, received=received, filename=filename, owner_id=owner_id
            ).id

    return send


@pytest.fixture
def prepared(send, run_jobs, facts) -> Callable[..., AssetFacts]:
    """Upload a file and let the site make all it can of it; return what came out."""

    def prepared(content: Path | bytes) -> AssetFacts:
        asset_id = send(content)
        run_jobs()
        return facts(asset_id)

    return prepared


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
