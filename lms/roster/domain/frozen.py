"""Frozen rosters: the hash of a row, the manifest over all of them, what differs between two."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.roster.domain.cells import Cell
from lms.roster.domain.orders import ExportKind

Plain = str | int | float | None
Cells = Mapping[str, Plain]

FORM = "xiangbo-roster/1"
# Lists of which a row stands for one record, so that two snapshots can be held together. Of hours
# the ledger itself is the proof, and a public notice is frozen by its own check code.
FREEZABLE = (ExportKind.COMPLETIONS, ExportKind.OPENING, ExportKind.APPLICATION)
# A place in the list says nothing of a person: whoever comes in above moves everybody below.
_PLACE = "seq"


class FreezeState(StrEnum):
    """Whether a snapshot is whole yet."""

    FREEZING = "freezing"
    FROZEN = "frozen"
    FAILED = "failed"


class Difference(StrEnum):
    """What became of a row from one snapshot to the next."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FrozenRow:
    """A row of a snapshot. ``subject`` is the record it is of: an enrollment or a subsidy claim.

    ``cells`` is empty where the person was erased since; the hash stays, and with it the manifest.
    """

    subject: int
    number: int
    cells: Cells | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Changed:
    """A row that differs; ``fields`` are column by column what it said before and says now."""

    kind: Difference
    subject: int
    name: str
    fields: Mapping[str, tuple[Plain, Plain]]


@dataclass(frozen=True, slots=True)
class Tally:
    """How many rows came, changed and went."""

    added: int = 0
    changed: int = 0
    removed: int = 0

    @property
    def is_none(self) -> bool:
        """Tell whether both snapshots say the same."""
        return not (self.added or self.changed or self.removed)

    def with_one(self, kind: Difference) -> "Tally":
        """Return the tally with one more row of the kind."""
        return Tally(
            self.added + (kind is Difference.ADDED),
            self.changed + (kind is Difference.CHANGED),
            self.removed + (kind is Difference.REMOVED),
        )


@dataclass(frozen=True, slots=True)
class RowToFreeze:
    """A row of a list as it stands: whose it is, and the keyed digests of what its masks hide."""

    subject: int
    person_id: int
    cells: Cells
    marks: Mapping[str, str]


def list_key(kind: str, filters: Mapping[str, str]) -> str:
    """Return what two snapshots of the same list have in common."""
    return hashlib.sha256(_canonical({"kind": kind, "filters": filters})).hexdigest()


def plain(cell: Cell) -> Plain:
    """Return a cell as JSON holds it; days as ``2026-05-16``."""
    return cell.isoformat() if isinstance(cell, date) else cell


def row_sha256(subject: int, cells: Cells) -> str:
    """Return the SHA-256 of a row, over its canonical JSON with the record it is of."""
    return hashlib.sha256(_canonical({"subject": subject, "cells": cells})).hexdigest()


class Manifest:
    """The running SHA-256 over a head and the rows in the order of the list, a line each.

    Anybody with the rows can compute it again: the head as canonical JSON, then a line
    ``number subject sha256`` a row, each line ended by a line feed, in UTF-8.
    """

    def __init__(self, head: Mapping[str, object]) -> None:
        self.lines = 0
        self.head = _canonical({"form": FORM, **head}) + b"\n"
        self._digest = hashlib.sha256(self.head)

    def add(self, row: FrozenRow) -> bytes:
        """Take the next row of the list in, and return its line."""
        line = f"{row.number} {row.subject} {row.sha256}\n".encode()
        self.lines += 1
        self._digest.update(line)
        return line

    @property
    def sha256(self) -> str:
        """Return the hash over all that was taken in."""
        return self._digest.hexdigest()


def is_intact(row: FrozenRow) -> bool:
    """Tell whether a row says what its hash says; one that was erased says nothing any more."""
    return row.cells is None or row_sha256(row.subject, row.cells) == row.sha256


def compare(before: Iterable[FrozenRow], after: Iterable[FrozenRow]) -> Iterator[Changed]:
    """Yield what differs. Both come in the order of their subjects; one row of each is in memory.

    A row that was erased differs where its hash does, and shows no fields.
    """
    one, other = iter(before), iter(after)
    old, new = next(one, None), next(other, None)
    while old or new:
        if new is None or (old is not None and old.subject < new.subject):
            yield _only(Difference.REMOVED, old)
            old = next(one, None)
        elif old is None or new.subject < old.subject:
            yield _only(Difference.ADDED, new)
            new = next(other, None)
        else:
            if found := _changed(old, new):
                yield found
            old, new = next(one, None), next(other, None)


def _only(kind: Difference, row: FrozenRow | None) -> Changed:
    if row is None:
        raise ValueError("no row on either side")
    return Changed(kind, row.subject, _name(row), {})


def _changed(old: FrozenRow, new: FrozenRow) -> Changed | None:
    if old.sha256 == new.sha256:
        return None
    before, after = old.cells, new.cells
    if before is None or after is None:
        return Changed(Difference.CHANGED, new.subject, _name(new) or _name(old), {})
    # A column that one of them alone has tells of its template, not of a row.
    fields = {
        key: (said, after[key])
        for key, said in before.items()
        if key != _PLACE and key in after and said != after[key]
    }
    return Changed(Difference.CHANGED, new.subject, _name(new), fields) if fields else None


def _name(row: FrozenRow) -> str:
    return str((row.cells or {}).get("name") or "")


def _canonical(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
