"""Uploads that are not whole yet, piece by piece in a bucket, so that any machine can go on.

Each piece is an object named after the bytes it holds, from and up to. The upload is as long as
pieces follow on each other from its beginning, the longest at each place: so an old connection
that ends late cannot take back what a newer one was told.
"""

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lms.core.errors import NotFound
from lms.core.ids import new_uuid
from lms.media.gateway.incoming import Chunk, MovedOn, gather
from lms.media.gateway.storage.bucket import Bucket

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_PIECE = re.compile(r"([0-9]{15})-([0-9]{15})")
_FOLDER = "uploads"
_TYPE = "application/octet-stream"


class BucketUploads:
    """Implements ``Uploads``; a piece is gathered below ``scratch`` before it is put."""

    def __init__(self, bucket: Bucket, scratch: Path) -> None:
        self._bucket = bucket
        self._scratch = scratch

    def create(self, upload_id: str) -> None:
        """Do nothing: an upload without pieces is as long as nothing."""

    def size(self, upload_id: str) -> int:
        """Return how many bytes follow on each other from the beginning."""
        pieces = self._pieces(upload_id)
        return pieces[-1][1] if pieces else 0

    def append(self, upload_id: str, chunk: Chunk) -> int:
        """Gather the chunk, then put it as one object."""
        if self.size(upload_id) != chunk.offset:
            raise MovedOn
        with self._gathering() as gathered:
            try:
                with gathered.open("wb") as file:
                    length = gather(chunk, file)
            except Exception:
                # Whatever broke the line: what arrived before stays, and the fault goes on.
                if chunk.checksum is None:
                    self._put(upload_id, chunk.offset, gathered)
                raise
            if length:
                self._put(upload_id, chunk.offset, gathered)
        return chunk.offset + length

    def keep(self, upload_id: str) -> None:
        """Do nothing: what was put is safe."""

    def head(self, upload_id: str, size: int) -> bytes:
        """Return the first bytes."""
        found = b""
        for block in self._blocks(upload_id):
            found += block
            if len(found) >= size:
                break
        return found[:size]

    def digest(self, upload_id: str) -> str:
        """Return the SHA-256 of what is there as hex digits."""
        digest = hashlib.sha256()
        for block in self._blocks(upload_id):
            digest.update(block)
        return digest.hexdigest()

    def bring(self, upload_id: str, target: Path) -> None:
        """Write a whole upload to a file of this machine."""
        with target.open("wb") as file:
            for block in self._blocks(upload_id):
                file.write(block)

    def remove(self, upload_id: str) -> None:
        """Delete all pieces."""
        folder = _folder(upload_id)
        self._bucket.remove(f"{folder}/{name}" for name in self._bucket.sizes(folder))

    def known(self) -> Iterator[str]:
        """Yield the ids of all that has pieces here."""
        yield from filter(_ID.fullmatch, self._bucket.folders(_FOLDER))

    def _pieces(self, upload_id: str) -> list[tuple[int, int]]:
        """Return the pieces that make up the upload, in order."""
        longest: dict[int, int] = {}
        for name in self._bucket.sizes(_folder(upload_id)):
            found = _PIECE.fullmatch(name)
            start, stop = map(int, found.groups()) if found else (0, 0)
            if stop > start:
                longest[start] = max(stop, longest.get(start, 0))
        pieces, at = [], 0
        while at in longest:
            pieces.append((at, longest[at]))
            at = longest[at]
        return pieces

    def _blocks(self, upload_id: str) -> Iterator[bytes]:
        for start, stop in self._pieces(upload_id):
            yield from self._bucket.blocks(_key(upload_id, start, stop))

    def _put(self, upload_id: str, offset: int, gathered: Path) -> None:
        length = gathered.stat().st_size
        if length:
            self._bucket.put(gathered, _key(upload_id, offset, offset + length), _TYPE)

    @contextmanager
    def _gathering(self) -> Iterator[Path]:
        self._scratch.mkdir(parents=True, exist_ok=True)
        path = self._scratch / new_uuid()
        path.touch()
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


def _folder(upload_id: str) -> str:
    if not _ID.fullmatch(upload_id):
        raise NotFound
    return f"{_FOLDER}/{upload_id}"


def _key(upload_id: str, start: int, stop: int) -> str:
    return f"{_folder(upload_id)}/{start:015}-{stop:015}"
