"""Cells of a list as text: what tells that something went wrong, and how texts are written."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from lms.core.errors import InvalidInput, Message

MOST_ROWS = 200_000
# A title, a heading and a line to sign stand around the rows.
AROUND = 10
_HEADING_WITHIN = 6
# Spreadsheets keep so many digits of a number; the others become zeros.
_EXACT_DIGITS = 15
_ROUNDED = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]+")
_STARTS = tuple("=+-@\t\r")
# Spreadsheets take a field that begins so for a formula, the full-width forms included.
_FORMULA_STARTS = frozenset("=+-@＝＋－＠")
# Control characters, lone halves of a pair and noncharacters: XML cannot carry them.
_UNWRITABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")

FORMULA = Message("cell_formula", "There is a formula, or a text that would become one.")
ROUNDED = Message(
    "cell_rounded",
    "The number of the card was rounded (like 1.1E+17). Format the column as text and fill it in "
    "again.",
)
NO_ROWS = Message("list_no_rows", "There are no rows below the heading.")


class CellKind(StrEnum):
    """What a cell holds."""

    TEXT = "text"
    NUMBER = "number"
    FORMULA = "formula"


class Cell(NamedTuple):
    """What stands in a cell, as text."""

    text: str
    kind: CellKind


Rows = Iterable[Sequence[Cell]]


@dataclass(frozen=True, slots=True)
class Row:
    """A row below the heading: its number in the file, and its cells by column."""

    number: int
    cells: Mapping[str, Cell]

    @property
    def calculates(self) -> bool:
        """Tell whether a cell is a formula, or a text that would become one elsewhere."""
        return any(is_formula(cell) for cell in self.cells.values())

    def plain(self, key: str) -> str:
        """Return what a column says, numbers as they were meant; empty where nothing stands."""
        return plain(self.cells.get(key))


def below_heading(
    rows: Rows, columns: Mapping[str, Sequence[str]], *, needed: Sequence[frozenset[str]]
) -> Iterable[Row]:
    """Yield the rows that hold something, by the columns of the heading above them.

    ``columns`` says how each is called. A heading is a row that has all of one of the ``needed``
    sets. Raises ``InvalidInput`` where none is found near the top.
    """
    called = {name: key for key, names in columns.items() for name in names}
    places: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        if not places:
            places = _places(row, called, needed)
            if not places and number >= _HEADING_WITHIN:
                break
        elif any(cell.text.strip() or cell.kind is CellKind.FORMULA for cell in row):
            yield Row(
                number, {key: row[place] for key, place in places.items() if place < len(row)}
            )
    if not places:
        raise InvalidInput({"list": _no_heading(columns, needed)})


def _places(
    row: Sequence[Cell], called: Mapping[str, str], needed: Sequence[frozenset[str]]
) -> dict[str, int]:
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        name = unicodedata.normalize("NFKC", cell.text).replace(" ", "").lower()
        key = called.get(name) or called.get(name.replace("_", " "))
        if key:
            places.setdefault(key, place)
    return places if any(names <= set(places) for names in needed) else {}


def _no_heading(columns: Mapping[str, Sequence[str]], needed: Sequence[frozenset[str]]) -> Message:
    ways = [" + ".join(columns[key][0] for key in sorted(names)) for names in needed]
    return Message(
        "list_heading",
        "No heading row was found. It must have these columns: %(columns)s.",
        {"columns": " / ".join(ways)},
    )


def is_formula(cell: Cell) -> bool:
    """Tell whether the cell is a formula, or a text that would become one elsewhere."""
    if cell.kind is CellKind.FORMULA:
        return True
    return cell.kind is CellKind.TEXT and cell.text.startswith(_STARTS)


def is_rounded(cell: Cell) -> bool:
    """Tell whether a long number lost its last digits in a spreadsheet."""
    text = cell.text.strip()
    if _ROUNDED.fullmatch(text):
        return True
    return cell.kind is CellKind.NUMBER and len(text.partition(".")[0]) > _EXACT_DIGITS


def plain(cell: Cell | None) -> str:
    """Return what a cell says; a whole number kept as 13812345678.0 is one again."""
    if cell is None:
        return ""
    text = cell.text.strip()
    if cell.kind is not CellKind.NUMBER:
        return text
    try:
        value = float(text)
    except ValueError:
        return text
    is_whole = value.is_integer() and abs(value) < 10**_EXACT_DIGITS
    return str(int(value)) if is_whole else text


def clean(text: str) -> str:
    """Return the text without the characters no spreadsheet can hold."""
    return _UNWRITABLE.sub("", text)


def guarded(text: str) -> str:
    """Return a free text for CSV; one that a spreadsheet would calculate gets a leading quote."""
    return f"'{text}" if text.lstrip()[:1] in _FORMULA_STARTS and text.strip() else text
