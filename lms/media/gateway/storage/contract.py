"""What a store of videos does, wherever it keeps them, and what it hands over to be served."""

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol

from lms.media.gateway.incoming import Chunk


class ByteStream(Protocol):
    """What an upload is read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole and is kept; ``sha256`` is its name in the store."""

    sha256: str
    byte_size: int


@dataclass(frozen=True, slots=True)
class OnDisk:
    """A file of this machine; ``key`` is its place as the web server in front knows it."""

    path: Path
    key: str


@dataclass(frozen=True, slots=True)
class InHand:
    """A small file, whole."""

    body: bytes


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A file that a signed address of another host gives to anyone, for so many seconds."""

    address: str
    seconds: int


Handed = OnDisk | InHand | Elsewhere


class Uploads(Protocol):
    """Files on their way in. How much lies there is how far an upload is; it only ever grows.

    Nothing that a finished ``append`` told is ever taken back.
    """

    def create(self, upload_id: str) -> None:
        """Begin an upload; doing it again keeps what arrived."""

    def size(self, upload_id: str) -> int:
        """Return how many bytes are there."""

    def append(self, upload_id: str, chunk: Chunk) -> int:
        """Append what the chunk's stream yields and return the size then.

        What arrived before the line broke stays, except where a checksum was to prove it. Raises
        ``MovedOn``, ``ChecksumDiffers``, ``OSError`` of the disk and what the stream raises.
        """

    def keep(self, upload_id: str) -> None:
        """Wait until all that arrived is safe."""

    def head(self, upload_id: str, size: int) -> bytes:
        """Return the first bytes."""

    def digest(self, upload_id: str) -> str:
        """Return the SHA-256 of what is there as hex digits."""

    def bring(self, upload_id: str, target: Path) -> None:
        """Put a whole upload under a path of this machine."""

    def remove(self, upload_id: str) -> None:
        """Delete what arrived, if anything did."""

    def known(self) -> Iterator[str]:
        """Yield the ids of all that lies here."""


class Storage(Protocol):
    """Originals by content, finished sets by asset and version, and a place to work in.

    A set is served by version, and a version is written down only when ``publish`` has returned:
    nobody meets half of one. What is kept elsewhere and does not answer is told as a
    ``GatewayError`` that may be tried again.
    """

    def hand_over(self, asset_id: str, version: str, name: str) -> Handed:
        """Return a served file. Raises ``NotFound`` for anything but our own names."""

    @property
    def uploads(self) -> Uploads:
        """Return the uploads that are not whole yet."""

    def keep_upload(self, upload_id: str, sha256: str) -> None:
        """Keep a whole upload as an original; doing it again changes nothing.

        It still lies among the uploads then: who dies before this is written down starts over.
        """

    def take_in(self, stream: ByteStream, *, limit: int) -> Received:
        """Keep an upload of at most ``limit`` bytes as an original.

        Raises ``InvalidInput`` on the field ``file`` where it is too large or plainly no video;
        the first bytes decide before the rest is read. Nothing of a refused file stays.
        """

    def workplace(self, name: str) -> AbstractContextManager[Path]:
        """Yield an empty folder of this machine that is this work's alone until the block ends.

        ``name`` is the asset worked on. What a killed worker left is removed. A second worker of
        this machine waits for the first.
        """

    def bring_original(self, sha256: str, target: Path) -> None:
        """Put an original where a program can read it. Raises ``NotFound`` where it was lost."""

    def bring_set(self, asset_id: str, version: str, names: Iterable[str], folder: Path) -> None:
        """Put those files of a finished set that are there into a folder; they may not be written.

        Raises ``NotFound`` where the asset or version is none of ours.
        """

    def fetch(self, asset_id: str, version: str, name: str, target: Path) -> None:
        """Copy a served file to a path. Raises ``NotFound`` where it is not there."""

    def copy(self, source: Path, target: Path) -> Path:
        """Copy a file from outside into a workplace and return where it is now."""

    def publish(self, folder: Path, asset_id: str, version: str) -> None:
        """Put a finished set in its place; doing it again with the same files changes nothing."""

    def has_room(self, byte_size: int) -> bool:
        """Tell whether the disk can take that many bytes twice and still breathe."""

    def sweep(self, *, at: datetime) -> int:
        """Remove uploads that broke off over a day before ``at``; return how many."""
