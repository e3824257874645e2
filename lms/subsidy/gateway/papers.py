"""Makes photos anew without traces, as they are kept among the papers."""

import tempfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from lms.core.errors import InvalidInput, Message
from lms.media.gateway.program import Ending, Limits, ProgramFailed, ffmpeg, run_confined
from lms.subsidy.domain.papers import EMPTY, MAX_BYTES, NOT_TAKEN, PaperType, Sent, sniff

# The folders below the site's data, each of a table whose rows name its files.
PAPERS, LISTS = "evidence", "fact_list_draft"
# No row names these: what a bank answered, between the look at it and taking it down.
ANSWERS = "bank_answers"
_MIB = 1024**2
_MOST_PIXELS = 60_000_000
_SIDE = 1600
_LIMITS = Limits(wall_seconds=20, cpu_seconds=20, memory_bytes=1536 * _MIB, file_bytes=MAX_BYTES)
_UNREADABLE = Message(
    "photo_unreadable", "This photo cannot be read. Please take it again and send it."
)
_TOO_LARGE = Message("paper_too_large", "This file is larger than 8 MB. Please take a photo.")


@dataclass(frozen=True, slots=True)
class Clean:
    """A file as it is kept and shown."""

    content_type: PaperType
    data: bytes

    @property
    def sha256(self) -> str:
        """Return the digest of the plain bytes."""
        return sha256(self.data).hexdigest()


def cleaned(data: bytes) -> Clean:
    """Return a photo as a JPEG of its own pixels alone, a PDF as it is.

    Raises ``InvalidInput`` for anything else.
    """
    if not data:
        raise InvalidInput({"paper": EMPTY})
    if len(data) > MAX_BYTES:
        raise InvalidInput({"paper": _TOO_LARGE})
    kind = sniff(data)
    if kind is None:
        raise InvalidInput({"paper": NOT_TAKEN})
    if kind is Sent.PDF:
        return Clean(PaperType.PDF, data)
    return Clean(PaperType.JPEG, _photo(data, kind))


def _photo(data: bytes, kind: Sent) -> bytes:
    """Decode in confinement and encode anew: place, device and hidden parts are not kept."""
    with tempfile.TemporaryDirectory(prefix="photo-") as name:
        folder = Path(name)
        (folder / "sent").write_bytes(data)
        command = [
            *(ffmpeg(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y"),
            *("-threads", "1", "-protocol_whitelist", "file,pipe"),
            *("-format_whitelist", kind.value, "-max_pixels", str(_MOST_PIXELS)),
            *("-f", kind.value, "-i", "sent", "-frames:v", "1"),
            *(
                "-vf",
                f"scale='min({_SIDE},iw)':'min({_SIDE},ih)':force_original_aspect_ratio=decrease",
            ),
            *("-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact"),
            *("-c:v", "mjpeg", "-pix_fmt", "yuvj420p", "-q:v", "4", "-f", "mjpeg", "made"),
        ]
        try:
            run_confined(command, folder=folder, limits=_LIMITS)
            made = (folder / "made").read_bytes()
        except ProgramFailed as failed:
            if failed.ending in (Ending.DISK_FULL, Ending.STOPPED):
                raise
            raise InvalidInput({"paper": _UNREADABLE}) from failed
        except FileNotFoundError as error:
            raise InvalidInput({"paper": _UNREADABLE}) from error
    if not made:
        raise InvalidInput({"paper": _UNREADABLE})
    return made
