"""Reads the headers of tus, the protocol of uploads that can be resumed (https://tus.io, 1.0.0)."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,termination,checksum,expiration"
# In the order of preference; the specification demands SHA-1.
ALGORITHMS = ("sha1", "sha256", "md5")
CHUNK_TYPE = "application/offset+octet-stream"
_KEY = re.compile(r"[!-+\--~]+")  # visible ASCII but the comma
_NUMBER = re.compile(r"[0-9]{1,18}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class BadHeader(ValueError):
    """A header is not what the protocol says."""


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a chunk must hash to."""

    algorithm: str
    digest: bytes

    def is_of(self, found: bytes) -> bool:
        """Tell whether this is the digest that was promised."""
        return self.digest == found


def read_number(header: str | None) -> int | None:
    """Return a length or offset in bytes; ``None`` where there is none or it is no number."""
    return int(header) if header and _NUMBER.fullmatch(header) else None


def read_metadata(header: str | None) -> dict[str, str]:
    """Return the pairs of ``Upload-Metadata``: keys, and values in Base64. Raises ``BadHeader``.

    Bytes that are no UTF-8 are replaced: names come from any computer.
    """
    found: dict[str, str] = {}
    for pair in (header or "").split(","):
        key, _, value = pair.strip().partition(" ")
        if not key and not value:
            continue
        if not _KEY.fullmatch(key) or key in found:
            raise BadHeader(key)
        try:
            found[key] = base64.b64decode(value.strip(), validate=True).decode(errors="replace")
        except (binascii.Error, ValueError) as error:
            raise BadHeader(key) from error
    return found


def read_checksum(header: str | None) -> Checksum | None:
    """Return what ``Upload-Checksum`` promises. Raises ``BadHeader`` where we cannot check it."""
    if header is None:
        return None
    algorithm, _, encoded = header.strip().partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadHeader(header) from error
    if algorithm not in ALGORITHMS or len(digest) != hashlib.new(algorithm).digest_size:
        raise BadHeader(header)
    return Checksum(algorithm, digest)


def read_sha256(value: str | None) -> str | None:
    """Return the hash of the whole file a client declared, as hex digits. Raises ``BadHeader``."""
    if value is None:
        return None
    declared = value.strip().lower()
    if not _SHA256.fullmatch(declared):
        raise BadHeader(value)
    return declared
