"""Puts a credential into a PNG and takes it out of a stranger's (Open Badges 3.0, 5.3)."""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from lms.credentials.gateway.carriers import (
    CarrierError,
    check_file,
    inflated,
    to_bytes,
    to_text,
)

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_KEYWORD = b"openbadgecredential"
_OLD_KEYWORD = b"openbadges"
_TEXTS = (b"iTXt", b"tEXt", b"zTXt")
# 10 MB in pieces of 1 KB; what programs write has pieces of 8 KB and more.
_MAX_CHUNKS = 10_000


@dataclass(frozen=True, slots=True)
class _Chunk:
    """One chunk (PNG, third edition, 5.3): its type and what it holds."""

    kind: bytes
    body: bytes

    @property
    def keyword(self) -> bytes:
        return self.body.partition(b"\0")[0] if self.kind in _TEXTS else b""

    @property
    def is_credential(self) -> bool:
        return self.kind == b"iTXt" and self.keyword == _KEYWORD

    def written(self) -> bytes:
        named = self.kind + self.body
        return struct.pack(">I", len(self.body)) + named + struct.pack(">I", zlib.crc32(named))


def bake(png: bytes, credential: str) -> bytes:
    """Return the picture with the credential in it, in the place of any it carried before.

    It stands once, uncompressed, right after the header, so that a reader that stops early has
    it. Raises ``CarrierError`` where the picture is not a whole PNG or the credential too large.
    """
    # Keyword, no compression, no language and no translated keyword (PNG, 11.3.3.4).
    text = _Chunk(b"iTXt", _KEYWORD + b"\0\0\0\0\0" + to_bytes(credential))
    header, *rest = (chunk for chunk in _chunks(png) if not chunk.is_credential)
    return _SIGNATURE + b"".join(chunk.written() for chunk in (header, text, *rest))


def read(data: bytes) -> str:
    """Return the one credential in a picture that nobody has looked at yet.

    The reader of openbadgeslib would take the first of several. Raises ``CarrierError``:
    ``not_an_image``, ``no_credential``, ``several_credentials``, ``old_badge``, ``too_large`` or
    ``damaged``.
    """
    check_file(data)
    texts = [chunk for chunk in _chunks(data) if chunk.kind in _TEXTS]
    found = [chunk for chunk in texts if chunk.is_credential]
    if len(found) > 1:
        raise CarrierError("several_credentials")
    if found:
        return to_text(_text(found[0].body))
    is_old = any(chunk.keyword == _OLD_KEYWORD for chunk in texts)
    raise CarrierError("old_badge" if is_old else "no_credential")


def _chunks(data: bytes) -> Iterator[_Chunk]:
    """Yield the chunks up to the end mark, each checked against its sum."""
    if not data.startswith(_SIGNATURE):
        raise CarrierError("not_an_image")
    at = len(_SIGNATURE)
    for number in range(_MAX_CHUNKS):
        chunk = _chunk_at(data, at)
        if (number == 0) is not (chunk.kind == b"IHDR"):
            raise CarrierError("damaged")
        yield chunk
        if chunk.kind == b"IEND":
            return
        at += len(chunk.body) + 12
    raise CarrierError("too_large")


def _chunk_at(data: bytes, at: int) -> _Chunk:
    head = data[at : at + 8]
    if len(head) < 8:  # noqa: PLR2004 (length and type, four bytes each)
        raise CarrierError("damaged")
    size, kind = struct.unpack(">I4s", head)
    named = data[at + 4 : at + 8 + size]
    if data[at + 8 + size : at + 12 + size] != struct.pack(">I", zlib.crc32(named)):
        raise CarrierError("damaged")
    return _Chunk(kind, named[4:])


def _text(body: bytes) -> bytes:
    """Return the text of an iTXt chunk, inflated where it is compressed."""
    flags, text = _split(body)
    if flags[:1] == b"\0":
        return text
    if flags != b"\1\0":
        raise CarrierError("damaged")
    return inflated(text)


def _split(body: bytes) -> tuple[bytes, bytes]:
    flags = body[len(_KEYWORD) + 1 :][:2]
    parts = body[len(_KEYWORD) + 3 :].split(b"\0", 2)
    if len(parts) < 3:  # noqa: PLR2004 (language, translated keyword, text)
        raise CarrierError("damaged")
    return flags, parts[2]
