"""Reads XLSX and CSV files within limits; what no list has a need of is refused unread."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any
from xml.etree.ElementTree import ParseError

from lxml.etree import LxmlError
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from lms.core.errors import InvalidInput, Message
from lms.sheets.domain import AROUND, MOST_ROWS, Cell, CellKind

MAX_BYTES = 32 * 1024 * 1024
_MOST_PARTS = 500
_MOST_UNPACKED = 400 * 1024 * 1024
# Sheets of plain rows pack about tenfold.
_MOST_RATIO = 150
_SMALL = 4 * 1024 * 1024
_MOST_COLUMNS = 60
_LONGEST_CELL = 500
_HEAD = 65_536
_BLANK = Cell("", CellKind.TEXT)
_ROOT = re.compile(rb"<[A-Za-z]")

_UNREADABLE = Message(
    "list_unreadable", "This is neither an XLSX nor a CSV file that can be read. Save it anew."
)
_ODD = Message("list_odd", "There are things in this file a list has no need of. Save it anew.")
_HUGE = Message("list_huge", "This file is larger than a list of 200,000 rows. Please split it.")
_EMPTY = Message("list_empty", "There is nothing in this file.")
# All that a workbook cut off, patched or written by something odd makes its reader raise.
_BROKEN = (
    *(zipfile.BadZipFile, zlib.error, InvalidFileException, ParseError, LxmlError),
    *(KeyError, ValueError, IndexError, TypeError, AttributeError, EOFError, OSError),
    *(RuntimeError, NotImplementedError, OverflowError),
)


def read_cells(data: bytes) -> Iterator[list[Cell]]:
    """Yield the rows of the first sheet. Raises ``InvalidInput`` for a file that is none."""
    if not data:
        raise InvalidInput({"list": _EMPTY})
    if len(data) > MAX_BYTES:
        raise InvalidInput({"list": _HUGE})
    rows = _workbook(data) if data[:2] == b"PK" else _csv(data)
    for number, row in enumerate(rows):
        if number > MOST_ROWS + AROUND:
            raise InvalidInput({"list": _HUGE})
        yield row


def _csv(data: bytes) -> Iterator[list[Cell]]:
    text = _decoded(data)
    if "\x00" in text:
        raise InvalidInput({"list": _UNREADABLE})
    first = text.split("\n", 1)[0]
    delimiter = "\t" if first.count("\t") > first.count(",") else ","
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            yield [Cell(each[:_LONGEST_CELL], CellKind.TEXT) for each in row[:_MOST_COLUMNS]]
    except csv.Error as error:
        raise InvalidInput({"list": _UNREADABLE}) from error


def _decoded(data: bytes) -> str:
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    # Spreadsheets of Chinese offices are saved in either of the last two.
    for encoding in ("utf-16",) if wide else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidInput({"list": _UNREADABLE})


def _workbook(data: bytes) -> Iterator[list[Cell]]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            _require_plain(book)
        opened = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
        sheet = opened.worksheets[0]
        # What the file says of its own size may be wrong, and is then read through in vain.
        sheet.reset_dimensions()
        for row in sheet.iter_rows(max_col=_MOST_COLUMNS):
            yield [_cell(each) for each in _trimmed(row)]
    except InvalidInput:
        raise
    except _BROKEN as error:
        raise InvalidInput({"list": _UNREADABLE}) from error


def _require_plain(book: zipfile.ZipFile) -> None:
    """Refuse bombs, and files whose XML declares anything of its own."""
    parts = book.infolist()
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > _MOST_UNPACKED:
        raise InvalidInput({"list": _HUGE})
    for part in parts:
        if part.file_size > _SMALL and part.file_size > part.compress_size * _MOST_RATIO:
            raise InvalidInput({"list": _ODD})
        if part.filename.endswith((".xml", ".rels")):
            with book.open(part) as file:
                head = b"".join(islice(iter(lambda: file.read(8192), b""), _HEAD // 8192))
            root = _ROOT.search(head)
            # Declarations stand before the root; in another encoding they could hide.
            if root is None or b"\x00" in head or b"<!" in head[: root.start()]:
                raise InvalidInput({"list": _ODD})


def _trimmed(row: Sequence[Any]) -> Sequence[Any]:
    """Return the row without what is empty at its end."""
    end = len(row)
    while end and row[end - 1].value is None:
        end -= 1
    return row[:end]


def _cell(cell: Any) -> Cell:  # noqa: ANN401 (a cell of the library, of one of two kinds)
    value = cell.value
    if value is None:
        return _BLANK
    if cell.data_type == "f":
        return Cell("", CellKind.FORMULA)
    if isinstance(value, datetime | date):
        return Cell(value.strftime("%Y-%m-%d"), CellKind.TEXT)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return Cell(str(value)[:_LONGEST_CELL], CellKind.NUMBER if is_number else CellKind.TEXT)
