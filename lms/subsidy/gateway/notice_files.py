"""Keeps printed lists that took a worker a while in the folder of exports, whole or not at all."""

import tempfile
from collections.abc import Collection
from pathlib import Path

_FOLDER = "notices"


def printed_file(folder: Path, number: str, language: str, edition: str) -> Path:
    """Return where a printed list lies, or will."""
    return folder / _FOLDER / f"{number}-{language}-{edition}.pdf"


def write_whole(target: Path, data: bytes) -> None:
    """Write a file that takes its place once it is whole. Raises ``OSError``."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as part:
        path = Path(part.name)
        try:
            part.write(data)
            part.flush()
            path.replace(target)
        except OSError:
            path.unlink(missing_ok=True)
            raise


def remove_printed(folder: Path, keep: Collection[Path]) -> int:
    """Delete all printed lists but those to keep; return how many."""
    gone = [each for each in (folder / _FOLDER).glob("*.pdf") if each not in keep]
    for each in gone:
        each.unlink(missing_ok=True)
    return len(gone)
