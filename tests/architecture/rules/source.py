"""Reads the files of a tree, for rules that are functions over a folder."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
_CODE = ("lms", "tests", "tools", "bench")
_LEFT_OUT = {"__pycache__", "node_modules", "vendor"}


def files(root: Path, folders: tuple[str, ...], *suffixes: str) -> Iterator[Path]:
    """Yield the files with these endings below the folders, vendored ones left out."""
    for folder in folders:
        for file in sorted((root / folder).rglob("*")):
            wanted = not suffixes or file.suffix in suffixes
            if wanted and file.is_file() and not _LEFT_OUT & set(file.relative_to(root).parts):
                yield file


def python_files(root: Path) -> Iterator[Path]:
    """Yield all Python of ours; migrations are a record and are left as they were written."""
    for file in files(root, _CODE, ".py"):
        if "migrations" not in file.parts:
            yield file
    yield from sorted(root.glob("*.py"))


def read(file: Path) -> str:
    """Return the text of a file."""
    return file.read_text(encoding="utf-8")


def tree(file: Path) -> ast.Module:
    """Return the syntax tree of a Python file."""
    return ast.parse(read(file), filename=str(file))


def at(root: Path, file: Path, line: int) -> str:
    """Return a place as people write it."""
    return f"{file.relative_to(root)}:{line}"
