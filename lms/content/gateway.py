"""Reads course folders from disk and writes them there; follows no link out of the folder."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

from lms.catalog.domain import MAX_TEXT_BYTES
from lms.content.domain.faults import Fault
from lms.content.domain.files import HEAD_BYTES, MAX_FILES, TEXTS, SourceFile
from lms.core.errors import Conflict, Message, NotFound

_LINK = Message("link_outside", "This is a link that leads out of the course folder.")
_TOO_MANY = Message(
    "too_many_files", "The folder holds more than %(most)s files.", {"most": MAX_FILES}
)


def read_folder(root: Path) -> tuple[dict[str, SourceFile], list[Fault]]:
    """Return the files below the folder by their relative path, and links that lead outside.

    Hidden files are passed over. Raises ``NotFound`` where there is no such folder.
    """
    if not root.is_dir():
        raise NotFound("folder_not_found", "There is no folder %(path)s.", path=str(root))
    files: dict[str, SourceFile] = {}
    faults: list[Fault] = []
    for path in _walk(root):
        name = path.relative_to(root).as_posix()
        if path.is_symlink() and not _stays_inside(path, root):
            faults.append(Fault(name, 1, _LINK))
        elif len(files) >= MAX_FILES:
            faults.append(Fault(name, 1, _TOO_MANY))
            break
        elif path.is_file():
            files[name] = _source(path)
    return files, faults


# Brings a file from elsewhere to the path it is given.
Copy = Callable[[Path], object]


def digests(root: Path, paths: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each file as hex digits."""
    found = {}
    for path in paths:
        with (root / path).open("rb") as file:
            found[path] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def write_folder(root: Path, texts: Mapping[str, str], copies: Mapping[str, Copy]) -> None:
    """Write a new course folder; it appears whole or not at all.

    Raises ``Conflict`` where something is there already.
    """
    if root.exists():
        raise Conflict("folder_exists", "There is something at %(path)s already.", path=str(root))
    fresh = root.with_name(f".{root.name}.partial")
    shutil.rmtree(fresh, ignore_errors=True)
    try:
        for name, text in texts.items():
            _target(fresh, name).write_text(text, encoding="utf-8")
        for name, bring in copies.items():
            bring(_target(fresh, name))
        fresh.rename(root)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _target(root: Path, name: str) -> Path:
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def _walk(root: Path) -> Iterator[Path]:
    """Yield files and links in a stable order; folders behind links are not entered."""
    for folder, subfolders, names in os.walk(root, followlinks=False):
        here = Path(folder)
        linked = [name for name in subfolders if (here / name).is_symlink()]
        subfolders[:] = sorted(n for n in subfolders if n not in linked and not n.startswith("."))
        yield from (here / n for n in sorted([*names, *linked]) if not n.startswith("."))


def _stays_inside(path: Path, root: Path) -> bool:
    try:
        return path.resolve(strict=True).is_relative_to(root.resolve()) and path.is_file()
    except (OSError, RuntimeError):
        # Broken, or a link to itself.
        return False


def _source(path: Path) -> SourceFile:
    size = path.stat().st_size
    is_text = path.suffix.lower() in TEXTS
    with path.open("rb") as file:
        content = file.read(MAX_TEXT_BYTES + 1 if is_text else HEAD_BYTES)
    return SourceFile(size, content)
