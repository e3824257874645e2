"""Writes lists to files: XLSX and CSV in constant memory."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

import xlsxwriter

from lms.roster.domain.columns import Cell, Column
from lms.roster.domain.lines import in_words
from lms.sheets.domain import guarded

try:
    from rustpy_xlsxwriter import FastExcel, Format

    _IS_FAST = True
except ImportError:  # no wheel for this Python: the slower writer makes the same file
    _IS_FAST = False

# A sheet ends at row 1,048,576; three rows stand above the data.
_ROWS_A_SHEET = 1_048_576 - 3
_HEADER_ROW = 2
_PATTERNS = {"text": "@", "day": "yyyy-mm-dd", "number": "0.0", "whole": "0"}
_HEADING_POINTS = 16.0


@dataclass(frozen=True, slots=True)
class Sheet:
    """What stands around the rows: the sheet's name, heading, signature line and columns."""

    name: str
    heading: str
    signatures: str
    columns: Sequence[Column]
    language: str

    @property
    def titles(self) -> list[str]:
        """Return the column titles in the language of the list."""
        return [in_words(column.title, self.language) for column in self.columns]

    def name_of(self, part: int) -> str:
        """Return the name of the sheet that holds the given part (from 0) of a long list."""
        return self.name if part == 0 else f"{self.name} {part + 1}"


def write_xlsx(path: Path, sheet: Sheet, rows: Iterable[Sequence[Cell]], total: int) -> None:
    """Write a workbook of ``total`` rows; texts stay texts, days are dates, nothing calculates.

    Raises ``OSError`` where the disk refuses.
    """
    # The fast writer takes its columns from the first row, so an empty list needs the other.
    write = _write_fast if _IS_FAST and total else _write_plain
    write(path, sheet, iter(rows), max(1, -(-total // _ROWS_A_SHEET)))


def write_csv(path: Path, sheet: Sheet, rows: Iterable[Sequence[Cell]]) -> None:
    """Write UTF-8 with a byte order mark; texts that would calculate get a leading quote.

    Raises ``OSError`` where the disk refuses.
    """
    with path.open("w", encoding="utf-8-sig", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(sheet.titles)
        writer.writerows([_csv_cell(cell) for cell in row] for row in rows)


def _csv_cell(cell: Cell) -> str | int:
    if isinstance(cell, str):
        return guarded(cell)
    if isinstance(cell, float):
        return f"{cell:.1f}"
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else cell


def _write_fast(path: Path, sheet: Sheet, rows: Iterator[Sequence[Cell]], parts: int) -> None:
    titles = sheet.titles
    last = len(titles) - 1
    heading = Format().set_bold().set_font_size(_HEADING_POINTS)
    book = FastExcel(path, output_format="xlsx").freeze(row=_HEADER_ROW + 1)
    for part in range(parts):
        book.sheet(
            sheet.name_of(part),
            (dict(zip(titles, row, strict=True)) for row in islice(rows, _ROWS_A_SHEET)),
            header_row=_HEADER_ROW,
            header_format=Format().set_bold().set_border("thin"),
            column_widths=[float(column.width) for column in sheet.columns],
            column_formats=[
                Format().set_num_format(_PATTERNS[column.kind]) for column in sheet.columns
            ],
            merge_ranges=[
                (0, 0, 0, last, sheet.heading, heading),
                (1, 0, 1, last, sheet.signatures, Format()),
            ],
        )
    book.save()


def _write_plain(path: Path, sheet: Sheet, rows: Iterator[Sequence[Cell]], parts: int) -> None:
    with xlsxwriter.Workbook(path, {"constant_memory": True, "in_memory": False}) as book:
        heading = book.add_format({"bold": True, "font_size": _HEADING_POINTS})
        title = book.add_format({"bold": True, "border": 1})
        formats = [book.add_format({"num_format": _PATTERNS[c.kind]}) for c in sheet.columns]
        for part in range(parts):
            page = book.add_worksheet(sheet.name_of(part))
            for index, column in enumerate(sheet.columns):
                page.set_column(index, index, column.width, formats[index])
            page.freeze_panes(_HEADER_ROW + 1, 0)
            page.write_string(0, 0, sheet.heading, heading)
            page.write_string(1, 0, sheet.signatures)
            for index, words in enumerate(sheet.titles):
                page.write_string(_HEADER_ROW, index, words, title)
            for number, row in enumerate(islice(rows, _ROWS_A_SHEET), _HEADER_ROW + 1):
                _write_row(page, number, row, formats)


def _write_row(
    page: "xlsxwriter.worksheet.Worksheet",
    number: int,
    row: Sequence[Cell],
    formats: "Sequence[xlsxwriter.format.Format]",
) -> None:
    for index, cell in enumerate(row):
        if cell is None or cell == "":
            continue
        if isinstance(cell, str):
            page.write_string(number, index, cell, formats[index])
        elif isinstance(cell, date):
            page.write_datetime(number, index, cell, formats[index])
        else:
            page.write_number(number, index, cell, formats[index])
