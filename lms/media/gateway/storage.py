"""Where video files lie: originals by content, prepared sets by asset and version.

The names are made here, never taken from an upload. A file or set appears under its final name by
one rename, after it has reached the disk, so nobody ever meets half of one.
"""

import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

from lms.core.errors import GatewayError, InvalidInput, Message, NotFound
from lms.core.ids import new_uuid
from lms.media.domain.names import STORED_NAMES
from lms.media.domain.sniff import HEAD_BYTES, sniff_video
from lms.media.gateway.incoming import Incoming

_ASSET = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_BLOCK = 256 * 1024
_SEND_BLOCK = 64 * 1024
# Room that must stay free beside an upload and what is made of it.
_RESERVE_BYTES = 512 * 1024 * 1024
_ABANDONED_AFTER = timedelta(days=1)


class ByteStream(Protocol):
    """What an upload is read from."""

    def read(self, size: int, /) -> bytes:
        """Return up to ``size`` bytes, none at the end."""


@dataclass(frozen=True, slots=True)
class Received:
    """A file that arrived whole and is kept; ``sha256`` is its name on disk."""

    sha256: str
    byte_size: int


class Storage:
    """Files below one folder of this machine."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def served(self, asset_id: str, version: str, name: str) -> Path:
        """Return where a served file lies. Raises ``NotFound`` for anything but our own names."""
        if name not in STORED_NAMES:
            raise NotFound
        return self._set(asset_id, version) / name

    def relative(self, path: Path) -> str:
        """Return the path as the web server in front knows it."""
        return path.relative_to(self.root).as_posix()

    def original(self, sha256: str) -> Path:
        """Return where the file lies as it was sent."""
        if not _SHA256.fullmatch(sha256):
            raise NotFound
        return self.root / "originals" / sha256[:2] / sha256

    @property
    def uploads(self) -> Incoming:
        """Return the uploads that are not whole yet."""
        return Incoming(self.root / "uploads")

    def keep_upload(self, upload_id: str, sha256: str) -> None:
        """Keep a whole upload as an original; doing it again changes nothing.

        It still lies among the uploads then: who dies before this is written down starts over.
        """
        target = self.original(sha256)
        target.parent.mkdir(parents=True, exist_ok=True)
        if not target.exists():
            self.uploads.bring(upload_id, target)
            _sync(target.parent)

    def take_in(self, stream: ByteStream, *, limit: int) -> Received:
        """Keep an upload of at most ``limit`` bytes as an original.

        Raises ``InvalidInput`` on the field ``file`` where it is too large or plainly no video;
        the first bytes decide before the rest is read. Nothing of a refused file stays.
        """
        try:
            return self._take_in(stream, limit)
        except OSError as error:
            raise disk_fault(error) from error

    @contextmanager
    def workplace(self, name: str) -> Iterator[Path]:
        """Yield an empty folder that is this work's alone until the block ends.

        ``name`` is the asset worked on.
        What a killed worker left is removed. A second worker waits for the first.
        """
        folder = self.root / "work" / name
        folder.parent.mkdir(parents=True, exist_ok=True)
        with folder.with_suffix(".lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)

    def bring_original(self, sha256: str, target: Path) -> None:
        """Put an original where a program can read it, without copying where the disk allows."""
        _link(self.original(sha256), target)

    def bring_set(self, asset_id: str, version: str, names: Iterable[str], folder: Path) -> None:
        """Put those files of a finished set that are there into a folder; they may not be written.

        Raises ``NotFound`` where the asset or version is none of ours.
        """
        for path in (self._set(asset_id, version) / name for name in names):
            if path.exists():
                _link(path, folder / path.name)

    def copy(self, source: Path, target: Path) -> Path:
        """Copy a file from outside and return where it is now."""
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            raise disk_fault(error) from error
        return target

    def publish(self, folder: Path, asset_id: str, version: str) -> None:
        """Put a finished set in its place; one that is there already stays as it is."""
        final = self._set(asset_id, version)
        final.parent.mkdir(parents=True, exist_ok=True)
        for path in folder.iterdir():
            _sync(path)
        _sync(folder)
        try:
            folder.rename(final)
        except OSError as error:
            if not final.is_dir():
                raise disk_fault(error) from error
            return
        _sync(final.parent)

    def has_room(self, byte_size: int) -> bool:
        """Tell whether the disk can take that many bytes twice and still breathe."""
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free > 2 * byte_size + _RESERVE_BYTES

    def sweep(self, *, at: datetime) -> int:
        """Remove uploads that broke off over a day before ``at``; return how many."""
        old = (at - _ABANDONED_AFTER).timestamp()
        removed = 0
        for path in (self.root / "incoming").glob("*"):
            if path.stat().st_mtime < old:
                path.unlink(missing_ok=True)
                removed += 1
        return removed

    def _take_in(self, stream: ByteStream, limit: int) -> Received:
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        incoming = folder / new_uuid()
        try:
            received = _copy(stream, incoming, limit)
            _move(incoming, self.original(received.sha256))
        finally:
            incoming.unlink(missing_ok=True)
        return received

    def _set(self, asset_id: str, version: str) -> Path:
        if not _ASSET.fullmatch(asset_id) or not _VERSION.fullmatch(version):
            raise NotFound
        return self.root / "assets" / asset_id[:2] / asset_id / version


def _link(source: Path, target: Path) -> None:
    try:
        target.hardlink_to(source)
    except OSError:
        shutil.copyfile(source, target)


def read_slice(path: Path, start: int, stop: int) -> Iterator[bytes]:
    """Yield the bytes from ``start`` up to ``stop`` in small blocks."""
    with path.open("rb") as file:
        file.seek(start)
        left = stop - start
        while left > 0:
            block = file.read(min(left, _SEND_BLOCK))
            if not block:
                return
            left -= len(block)
            yield block


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def disk_fault(error: OSError) -> GatewayError:
    """Return what people are told when the disk refuses."""
    return GatewayError(
        "disk_refused",
        "The site could not store the video; its disk is full or faulty. Nothing else was lost. "
        "Tell the operator, then send the video once more.",
        retryable=False,
        reason=error.strerror or type(error).__name__,
    )


def _copy(stream: ByteStream, target: Path, limit: int) -> Received:
    digest = hashlib.sha256()
    size = 0
    with target.open("wb") as file:
        block = _first(stream)
        _refuse_unlike_video(block)
        while block:
            size += len(block)
            if size > limit:
                raise InvalidInput({"file": _too_large(limit)})
            digest.update(block)
            file.write(block)
            block = stream.read(_BLOCK)
        file.flush()
        os.fsync(file.fileno())
    return Received(digest.hexdigest(), size)


def _first(stream: ByteStream) -> bytes:
    """Read until there is enough to judge by; a slow line hands over few bytes at a time."""
    head = b""
    while len(head) < HEAD_BYTES:
        block = stream.read(_BLOCK)
        if not block:
            break
        head += block
    return head


def _refuse_unlike_video(head: bytes) -> None:
    kind = sniff_video(head[:HEAD_BYTES])
    if isinstance(kind, Message):
        raise InvalidInput({"file": kind})


def _too_large(limit: int) -> Message:
    return Message(
        "upload_too_large",
        "This file is larger than %(megabytes)s MB. Export the video smaller, for example as 720p "
        "MP4, and send it again.",
        {"megabytes": limit // (1024 * 1024)},
    )


def _move(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    _sync(target.parent)


def _sync(path: Path) -> None:
    """Wait until the file or folder has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
