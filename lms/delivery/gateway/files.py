"""Files on the disk: whole or not at all, and measured."""

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lms.core.ids import new_token

_PART = ".part"


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
    make_folder(target.parent)
    handle, name = tempfile.mkstemp(prefix=f"{target.name}.", suffix=_PART, dir=target.parent)
    os.close(handle)
    part = Path(name)
    try:
        yield part
        _sync(part)
        part.replace(target)
        _sync(target.parent)
    finally:
        part.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make a folder that we alone may look into, where there is none."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)


def new_part(folder: Path, delivery_id: str) -> Path:
    """Return where a run writes what it makes: a name of its own, known by ``parts``."""
    return folder / f"{delivery_id}.{new_token()[:8]}{_PART}"


def parts(folder: Path) -> dict[Path, str]:
    """Return the files that are not whole, and the delivery each was to become."""
    return {path: path.name.partition(".")[0] for path in folder.glob(f"*{_PART}")}


def remove_parts(folder: Path, delivery_id: str) -> None:
    """Delete what a killed worker had written of the same file."""
    for part, of in parts(folder).items():
        if of == delivery_id:
            part.unlink(missing_ok=True)


def remove_all(folder: Path, delivery_id: str) -> None:
    """Delete whatever lies of a delivery."""
    for path in folder.glob("*"):
        if path.is_file() and path.name.partition(".")[0] == delivery_id:
            path.unlink(missing_ok=True)


def put_in_place(part: Path, target: Path) -> None:
    """Let a whole file take the place it is known by, durably."""
    part.replace(target)
    _sync(target.parent)


def measure(path: Path) -> Written:
    """Return size and SHA-256 of a file."""
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Written(path.stat().st_size, digest)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
