"""A client of the upload protocol as the tests speak it: one request at a time."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from lms.catalog.models import Item
from lms.db.session import Database
from lms.media.models import Asset
from lms.settings import Settings
from tests.support.site import Client

UPLOADS = "/api/v1/uploads"
CHUNK = "application/offset+octet-stream"
HEAD = b"\x00\x00\x00\x20ftypisom"


def encoded(values: Mapping[str, object]) -> str:
    """Return the pairs as ``Upload-Metadata`` carries them."""
    pairs = ((key, base64.b64encode(str(value).encode()).decode()) for key, value in values.items())
    return ",".join(f"{key} {value}" for key, value in pairs)


def bytes_like_video(size: int) -> bytes:
    """Return bytes that begin as an MP4 does; every block differs, so a wrong place shows."""
    blocks = b"".join(number.to_bytes(8, "big") for number in range(size // 8 + 1))
    return (HEAD + blocks)[:size]


SIZE = 20_000
DATA = bytes_like_video(SIZE)


def item_of(database: Database) -> Item:
    """Return the only item of the only course."""
    with database.snapshot() as session:
        return session.scalars(select(Item)).one()


def assets(database: Database) -> list[Asset]:
    """Return all videos, the oldest first."""
    with database.snapshot() as session:
        return list(session.scalars(select(Asset).order_by(Asset.created_at)))


def lying(settings: Settings) -> list[bytes]:
    """Return what lies among the unfinished uploads."""
    folder = settings.media_dir / "uploads"
    return [path.read_bytes() for path in folder.iterdir()] if folder.is_dir() else []


def originals(settings: Settings) -> list[bytes]:
    """Return the files that were kept as they were sent."""
    found = (settings.media_dir / "originals").rglob("*")
    return [path.read_bytes() for path in found if path.is_file()]


@dataclass(frozen=True)
class Tus:
    """A signed-in browser's uploads."""

    client: Client

    def create(
        self, size: object, *, data: bytes | None = None, headers: Any = None, **about: object
    ) -> Any:
        """Announce a file; with ``data``, send its first bytes along."""
        said = {"Tus-Resumable": "1.0.0", "Upload-Length": str(size)}
        if about:
            said["Upload-Metadata"] = encoded(about)
        kind = {"content_type": CHUNK, "data": data} if data is not None else {}
        return self.client.post(UPLOADS, headers={**said, **(headers or {})}, **kind)

    def begin(self, size: int, **about: object) -> str:
        """Announce a file that is taken; return its address."""
        answer = self.create(size, **about)
        assert answer.status_code == 201, answer.text
        return str(answer.headers["Location"]).removeprefix("http://localhost")

    def send(self, address: str, offset: object, data: bytes, **headers: str) -> Any:
        """Send the next bytes."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        said = {"Tus-Resumable": "1.0.0", "Upload-Offset": str(offset), **named}
        return self.client.patch(address, data=data, content_type=CHUNK, headers=said)

    def offset(self, address: str) -> int:
        """Ask how far the upload is."""
        answer = self.head(address)
        assert answer.status_code == 200, answer.status
        return int(answer.headers["Upload-Offset"])

    def head(self, address: str) -> Any:
        """Ask how far the upload is; return the answer."""
        return self.client.head(address, headers={"Tus-Resumable": "1.0.0"})

    def stop(self, address: str) -> Any:
        """Give the upload up."""
        return self.client.delete(address, headers={"Tus-Resumable": "1.0.0"})
