"""Writes packages: a zip on the disk, member by member, each measured as it goes by."""

import csv
import hashlib
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from string import Template
from typing import Any, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

# What goes into each package as it stands here.
_OFFLINE = Path(__file__).parent / "offline"
_TOOLS = ("verify.py", "signatures.py", "subsidies.py")
_README = "README.txt"
_UNIX, _READABLE = 3, 0o644 << 16

Write = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Measured:
    """A member of a package."""

    name: str
    size: int
    sha256: str


class Parcel:
    """A zip being written; the same members at the same moment make the same bytes."""

    def __init__(self, path: Path, at: datetime) -> None:
        self._zip = ZipFile(path, "w", ZIP_DEFLATED)
        self._moment = at.astimezone(UTC)
        self.members: list[Measured] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._zip.close()

    @contextmanager
    def member(self, name: str) -> Iterator[Write]:
        """Yield what writes text into a new member."""
        at = self._moment
        info = ZipInfo(name, (at.year, at.month, at.day, at.hour, at.minute, at.second))
        info.compress_type, info.create_system, info.external_attr = ZIP_DEFLATED, _UNIX, _READABLE
        digest, size = hashlib.sha256(), 0
        with self._zip.open(info, "w", force_zip64=True) as opened:

            def write(text: str) -> None:
                nonlocal size
                data = text.encode()
                digest.update(data)
                size += len(data)
                opened.write(data)

            yield write
        self.members.append(Measured(name, size, digest.hexdigest()))

    def add(self, name: str, text: str) -> Measured:
        """Write a whole member and return it."""
        with self.member(name) as write:
            write(text)
        return self.members[-1]

    def add_table(self, name: str, titles: Iterable[str], rows: Iterable[Sequence[str]]) -> None:
        """Write a table as CSV that spreadsheets open as UTF-8."""
        sheet = io.StringIO(newline="")
        csv.writer(sheet).writerows([list(titles), *rows])
        self.add(name, "\ufeff" + sheet.getvalue())

    def add_tools(self, words: Mapping[str, object]) -> None:
        """Write what says what the package is and what checks it."""
        text = (_OFFLINE / _README).read_text("utf-8")
        self.add(_README, Template(text).substitute(words))
        for name in _TOOLS:
            self.add(name, (_OFFLINE / name).read_text("utf-8"))


def as_text(value: object) -> str:
    """Return a value as JSON; moments and days as texts."""
    return json.dumps(value, ensure_ascii=False, default=_plain)


def write_object(write: Write, parts: Mapping[str, Any]) -> dict[str, int]:
    """Write a JSON object; what comes row by row goes out row by row.

    Return how many rows each such part had.
    """
    counts = {}
    for place, (name, value) in enumerate(parts.items()):
        write(f"{',' if place else '{'}\n{json.dumps(name)}: ")
        if not isinstance(value, Iterator):
            write(as_text(value))
            continue
        write("[")
        counts[name] = 0
        for row in value:
            write(f"{',' if counts[name] else ''}\n{as_text(row)}")
            counts[name] += 1
        write("]")
    write("\n}\n")
    return counts


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"no JSON for {type(value).__name__}")
