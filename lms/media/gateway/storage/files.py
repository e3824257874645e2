"""What is done with files of this machine: hash them, read a part, wait for the disk."""

import hashlib
import os
from pathlib import Path

from lms.core.errors import GatewayError, NotFound


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


def move(source: Path, target: Path) -> None:
    """Give a file its final name in one step, for good."""
    target.parent.mkdir(parents=True, exist_ok=True)
    source.replace(target)
    sync(target.parent)


def sync(path: Path) -> None:
    """Wait until the file or folder has reached the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def original_lost() -> NotFound:
    """Return what people are told when the file they sent is in the store no more."""
    return NotFound(
        "original_lost", "The file you sent is no longer in the store. Please send it once more."
    )
