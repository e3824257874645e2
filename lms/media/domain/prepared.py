"""A finished set of files: what was made of a video, and the version that names the set."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from lms.media.domain.names import MASTER, POSTER, Label

_VERSION_DIGITS = 32


@dataclass(frozen=True, slots=True)
class PreparedRendition:
    """One finished file: pixels (none of sound), bytes, bits a second, SHA-256 of its content."""

    label: Label
    width: int
    height: int
    byte_size: int
    bit_rate: int
    sha256: str


@dataclass(frozen=True, slots=True)
class PreparedVideo:
    """Renditions, lightest first, the poster's SHA-256, and the length of the best rendition.

    ``extras`` are the SHA-256 of the files of the stream and of the thumbnails, by name.
    """

    renditions: tuple[PreparedRendition, ...]
    poster_sha256: str
    duration_ms: int
    extras: Mapping[str, str] = field(default_factory=dict)
    thumbnails: int | None = None

    @property
    def has_stream(self) -> bool:
        """Tell whether a player can choose among the renditions by itself."""
        return MASTER in self.extras

    @property
    def best(self) -> PreparedRendition:
        """Return the rendition with the most pixels."""
        return self.renditions[-1]

    @property
    def version(self) -> str:
        """Return the hash over all files: another content is another version."""
        hashes = {made.label.filename: made.sha256 for made in self.renditions}
        return _version({**hashes, **self.extras, POSTER: self.poster_sha256})


def bit_rate(byte_size: int, duration_ms: int) -> int:
    """Return the average bits a second of a file, at least one."""
    return max(1, byte_size * 8 * 1000 // duration_ms)


def _version(hashes: Mapping[str, str]) -> str:
    lines = "".join(f"{name} {hashes[name]}\n" for name in sorted(hashes))
    return hashlib.sha256(lines.encode()).hexdigest()[:_VERSION_DIGITS]
