"""Uploads that are not whole yet: one file each that only ever grows at its end.

How long the file is, is how far the upload is; nothing else keeps count, so nothing can disagree
after a crash. A writer holds the file for one block only, never while it waits for its line: who
comes back on a new connection goes on at once, and the old connection finds the file moved on.
A chunk that is to be proven by a checksum lies aside until it is: what the file holds is true.
"""

import fcntl
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, Protocol

from lms.core.errors import NotFound
from lms.media.domain.tus import Checksum

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BLOCK = 256 * 1024


class ByteStream(Protocol):
    """What a chunk is read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end; raise where the line broke."""


class MovedOn(Exception):
    """The upload is not where the chunk begins: another connection sent more, or less arrived."""


class ChecksumDiffers(Exception):
    """The chunk did not arrive as it was sent; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class Chunk:
    """Bytes to append at ``offset``, at most ``most`` of them, and what they must hash to."""

    offset: int
    most: int
    stream: ByteStream
    checksum: Checksum | None = None


class Incoming:
    """The unfinished uploads below one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def create(self, upload_id: str) -> None:
        """Begin an upload; doing it again keeps what arrived."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._path(upload_id).touch()

    def size(self, upload_id: str) -> int:
        """Return how many bytes are there. Raises ``NotFound``."""
        try:
            return self._path(upload_id).stat().st_size
        except FileNotFoundError as error:
            raise NotFound from error

    def append(self, upload_id: str, chunk: Chunk) -> int:
        """Append what the stream yields and return the size then.

        What arrived before the line broke stays, except where a checksum was to prove it. Raises
        ``MovedOn``, ``ChecksumDiffers``, ``NotFound``, ``OSError`` of the disk and what the stream
        raises.
        """
        with self._opened(upload_id) as file:
            _stand_at(file, chunk.offset)
            if chunk.checksum is None:
                return _grow_by(file, chunk)
            # It has no name, so a process that dies leaves nothing of it.
            with TemporaryFile(dir=self._folder) as aside:
                length = gather(chunk, aside)
                aside.seek(0)
                return _grow_by(file, Chunk(chunk.offset, length, aside))

    def keep(self, upload_id: str) -> None:
        """Wait until all that arrived has reached the disk."""
        with self._opened(upload_id) as file:
            os.fsync(file.fileno())

    def head(self, upload_id: str, size: int) -> bytes:
        """Return the first bytes."""
        with self._opened(upload_id) as file:
            return file.read(size)

    def digest(self, upload_id: str) -> str:
        """Return the SHA-256 of what is there as hex digits."""
        with self._opened(upload_id) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def bring(self, upload_id: str, target: Path) -> None:
        """Put a whole upload under another name beside its own. Raises ``NotFound``."""
        with self._opened(upload_id):
            target.hardlink_to(self._path(upload_id))

    def remove(self, upload_id: str) -> None:
        """Delete what arrived, if anything did."""
        self._path(upload_id).unlink(missing_ok=True)

    def known(self) -> Iterator[str]:
        """Yield the ids of all that lies here."""
        if self._folder.is_dir():
            yield from (path.name for path in self._folder.iterdir() if _ID.fullmatch(path.name))

    @contextmanager
    def _opened(self, upload_id: str) -> Iterator[FileIO]:
        try:
            file = FileIO(self._path(upload_id), "r+b")
        except FileNotFoundError as error:
            raise NotFound from error
        with file:
            yield file

    def _path(self, upload_id: str) -> Path:
        if not _ID.fullmatch(upload_id):
            raise NotFound
        return self._folder / upload_id


def gather(chunk: Chunk, target: BinaryIO) -> int:
    """Write the chunk to the file and return its length. Raises ``ChecksumDiffers``."""
    digest = hashlib.new(chunk.checksum.algorithm) if chunk.checksum else None
    length = 0
    for block in blocks_of(chunk):
        target.write(block)
        length += len(block)
        if digest is not None:
            digest.update(block)
    target.flush()
    if chunk.checksum and digest and not chunk.checksum.is_of(digest.digest()):
        raise ChecksumDiffers
    return length


def blocks_of(chunk: Chunk) -> Iterator[bytes]:
    """Yield what the stream holds of the chunk, block by block."""
    left = chunk.most
    while left > 0:
        block = chunk.stream.read(min(left, _BLOCK))
        if not block:
            return
        left -= len(block)
        yield block


@contextmanager
def _held(file: FileIO) -> Iterator[None]:
    fcntl.flock(file, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(file, fcntl.LOCK_UN)


def _stand_at(file: FileIO, offset: int) -> None:
    if os.fstat(file.fileno()).st_size != offset:
        raise MovedOn


def _grow_by(file: FileIO, chunk: Chunk) -> int:
    at = chunk.offset
    for block in blocks_of(chunk):
        _grow(file, at, block)
        at += len(block)
    return at


def _grow(file: FileIO, at: int, block: bytes) -> None:
    """Write the block where the file ends, all of it or nothing."""
    with _held(file):
        _stand_at(file, at)
        file.seek(at)
        try:
            rest = memoryview(block)
            while rest:
                rest = rest[file.write(rest) or 0 :]
        except OSError:
            file.truncate(at)
            raise
