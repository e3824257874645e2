"""Files on the disk: whole or not at all, measured, and opened once."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from lms.core.errors import NotFound


@dataclass(frozen=True, slots=True)
class Written:
    """A finished file."""

    byte_size: int
    sha256: str


@contextmanager
def atomic_file(target: Path) -> Iterator[Path]:
    """Yield a path to write to; it takes the target's place once it is whole and on the disk.

    Whatever goes wrong before leaves nothing behind.
    """
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=".part", dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def remove_halves(target: Path) -> None:
    """Delete what a killed worker had written of the same file."""
    for half in target.parent.glob(f"{target.name}.*.part"):
        half.unlink(missing_ok=True)


def measure(path: Path) -> Written:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Written(path.stat().st_size, digest)


def open_whole(path: Path) -> BinaryIO:
    """Return the finished file, opened. Raises ``NotFound`` where it is gone from the disk."""
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise NotFound(
            "export_file_gone", "The file is no longer there. Please make the list again."
        ) from error


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
