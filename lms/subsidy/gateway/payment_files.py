"""Writes the file a batch goes to the bank with; whole account numbers never touch the disk."""

import csv
import io
from collections.abc import Iterable
from datetime import datetime, time
from decimal import Decimal

import xlsxwriter

from lms.sheets.domain import clean, guarded
from lms.subsidy.domain.payment_files import (
    COLUMNS,
    SIGNATURES,
    TOTAL,
    FileForm,
    Head,
    Transfer,
    yuan,
)

_HEADER_ROW = 2
_MONEY = COLUMNS.index(("金额(元)", False, 12))
_NOTE_POINTS, _HEADING_POINTS = 11, 16
_Cells = tuple[int | str | Decimal, ...]


def write_transfers(form: FileForm, head: Head, transfers: Iterable[Transfer]) -> bytes:
    """Return the file; of the same transfers it is the same, byte by byte.

    It is made in memory, which the most payments a batch may hold keeps small.
    """
    rows = _with_total(transfers)
    return _csv(rows) if form is FileForm.CSV else _xlsx(head, rows)


def _with_total(transfers: Iterable[Transfer]) -> Iterable[_Cells]:
    total = 0
    for place, each in enumerate(transfers, start=1):
        total += each.amount_fen
        cells = each.cells(place)
        yield tuple(clean(cell) if isinstance(cell, str) else cell for cell in cells)
    yield (TOTAL, *("" for _ in COLUMNS[1:_MONEY]), yuan(total), "", "")


def _csv(rows: Iterable[_Cells]) -> bytes:
    made = io.StringIO(newline="")
    writer = csv.writer(made)
    writer.writerow([title for title, _, _ in COLUMNS])
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    writer.writerow([SIGNATURES])
    return made.getvalue().encode("utf-8-sig")


def _plain(cell: int | str | Decimal) -> str | int:
    if isinstance(cell, Decimal):
        return f"{cell:.2f}"
    return guarded(cell) if isinstance(cell, str) else cell


def _xlsx(head: Head, rows: Iterable[_Cells]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        # A file says when it was made; this one was made when it was let go.
        book.set_properties({"created": datetime.combine(head.day, time())})
        formats = [
            book.add_format({"num_format": "0.00" if place == _MONEY else "@" if is_text else "0"})
            for place, (_, is_text, _) in enumerate(COLUMNS)
        ]
        page = book.add_worksheet("拨付表")
        for place, (_, _, width) in enumerate(COLUMNS):
            page.set_column(place, place, width, formats[place])
        page.freeze_panes(_HEADER_ROW + 1, 0)
        title = book.add_format({"bold": True, "border": 1})
        page.write_string(
            0, 0, head.heading, book.add_format({"bold": True, "font_size": _HEADING_POINTS})
        )
        page.write_string(1, 0, SIGNATURES, book.add_format({"font_size": _NOTE_POINTS}))
        for place, (words, _, _) in enumerate(COLUMNS):
            page.write_string(_HEADER_ROW, place, words, title)
        for number, row in enumerate(rows, start=_HEADER_ROW + 1):
            for place, cell in enumerate(row):
                _write(page, number, place, cell, formats[place])
    return made.getvalue()


def _write(
    page: "xlsxwriter.worksheet.Worksheet",
    number: int,
    place: int,
    cell: int | str | Decimal,
    form: "xlsxwriter.format.Format",
) -> None:
    if isinstance(cell, str):
        if cell:
            page.write_string(number, place, cell, form)
    else:
        page.write_number(number, place, float(cell), form)
