"""The folder of this machine in which uploads arrive and videos are worked on."""

import fcntl
import hashlib
import os
import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path

from lms.core.errors import InvalidInput, Message
from lms.core.ids import new_uuid
from lms.media.domain.sniff import HEAD_BYTES, sniff_video
from lms.media.gateway.incoming import Incoming
from lms.media.gateway.storage.contract import ByteStream, Received, Uploads
from lms.media.gateway.storage.files import disk_fault

_BLOCK = 256 * 1024
# Room that must stay free beside an upload and what is made of it.
_RESERVE_BYTES = 512 * 1024 * 1024
_ABANDONED_AFTER = timedelta(days=1)


class Workshop(ABC):
    """What every store does on this machine's disk; see ``Storage`` for what is promised."""

    def __init__(self, root: Path) -> None:
        self.root = root

    @abstractmethod
    def keep_original(self, path: Path, sha256: str) -> None:
        """Make a file that arrived whole an original; it need not stay where it is."""

    @property
    def uploads(self) -> Uploads:
        """Return the uploads that are not whole yet: on the disk, where a store has no own."""
        return Incoming(self.root / "uploads")

    def keep_upload(self, upload_id: str, sha256: str) -> None:
        """Keep a whole upload as an original."""
        folder = self.root / "incoming"
        folder.mkdir(parents=True, exist_ok=True)
        whole = folder / new_uuid()
        try:
            self.uploads.bring(upload_id, whole)
            self.keep_original(whole, sha256)
        finally:
            whole.unlink(missing_ok=True)

    def take_in(self, stream: ByteStream, *, limit: int) -> Received:
        """Keep an upload as an original."""
        try:
            return self._take_in(stream, limit)
        except OSError as error:
            raise disk_fault(error) from error

    @contextmanager
    def workplace(self, name: str) -> Iterator[Path]:
        """Yield an empty folder that is this work's alone until the block ends."""
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

    def copy(self, source: Path, target: Path) -> Path:
        """Copy a file from outside and return where it is now."""
        try:
            shutil.copyfile(source, target)
        except OSError as error:
            raise disk_fault(error) from error
        return target

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
            self.keep_original(incoming, received.sha256)
        finally:
            incoming.unlink(missing_ok=True)
        return received


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
