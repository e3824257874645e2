"""Writes tables of texts and money, however long, as CSV or XLSX: few rows in memory at a time."""

import csv
from codecs import getwriter
from collections.abc import Iterable, Sequence
from typing import IO, NamedTuple

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from lms.sheets.domain import clean, guarded

# By this mark spreadsheets know UTF-8.
_ENCODING = "utf-8-sig"
_NAME = "Sheet1"


class Column(NamedTuple):
    """What a column is called, and how wide it is in signs."""

    title: str
    width: int


# A text, an amount in fen, or nothing.
Value = str | int | None
Table = Iterable[Sequence[Value]]


def write_csv(file: IO[bytes], columns: Sequence[Column], rows: Table) -> None:
    """Write the table in UTF-8 with its mark; texts that would calculate get a leading quote.

    Raises ``OSError`` where the disk refuses, as ``write_xlsx`` does. The file stays open.
    """
    writer = csv.writer(getwriter(_ENCODING)(file))
    writer.writerow([guarded(column.title) for column in columns])
    writer.writerows([_plain(value) for value in row] for row in rows)


def write_xlsx(file: IO[bytes], columns: Sequence[Column], rows: Table) -> None:
    """Write a workbook: texts stay texts, money is a number of yuan; nothing calculates."""
    try:
        with xlsxwriter.Workbook(file, {"constant_memory": True}) as book:
            _write_page(book, columns, rows)
    except FileCreateError as error:
        raise OSError(str(error)) from error


def _write_page(book: xlsxwriter.Workbook, columns: Sequence[Column], rows: Table) -> None:
    page = book.add_worksheet(_NAME)
    head = book.add_format({"bold": True})
    text, money = (book.add_format({"num_format": form}) for form in ("@", "0.00"))
    page.freeze_panes(1, 0)
    for place, column in enumerate(columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.title, head)
    for number, row in enumerate(rows, start=1):
        for place, value in enumerate(row):
            if isinstance(value, str):
                page.write_string(number, place, clean(value), text)
            elif value is not None:
                page.write_number(number, place, value / 100, money)


def _plain(value: Value) -> str:
    if isinstance(value, int):
        return f"{'-' if value < 0 else ''}{abs(value) // 100}.{abs(value) % 100:02d}"
    return guarded(clean(value)) if value else ""
