"""Writes a list as XLSX, as its XML and in constant memory.

Cells are put into the text of a row by one formatting a row; every other way takes several times
as long for a million rows. Texts are inline texts, so nothing in them ever calculates.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import count, repeat
from pathlib import Path
from typing import IO, Any, Self
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile

from lms.roster.domain.cells import Cell
from lms.roster.domain.fields import WRITTEN, Shape
from lms.roster.domain.sheets import Block, Rows, Sheet, serial
from lms.roster.domain.templates import Column
from lms.roster.gateway import workbook_parts as parts

# A sheet ends at row 1,048,576; three rows stand above the data, a sum and sentences below.
_ROWS_A_SHEET = 1_048_576 - 8
_HEADER_ROW = 3
# The number of the row in what is made of all rows alike; no text of a cell has such a sign.
_ROW = "\x00"
_PACKED = 1
# Signs of a text that XML has to write otherwise, or a spreadsheet would take for a code.
_ODD = ("&", "<", ">", "_x")
_TAKEN_FOR_A_CODE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def write_xlsx(path: Path, sheet: Sheet, rows: Rows) -> None:
    """Write a workbook; texts stay texts, days are dates, nothing calculates.

    A list longer than a sheet goes on on the next one. Raises ``OSError`` where the disk refuses.
    """
    blocks = _Blocks(rows)
    with ZipFile(path, "w", ZIP_DEFLATED, compresslevel=_PACKED) as book:
        pages = 0
        while pages == 0 or blocks.has_more():
            pages += 1
            name = parts.page_name(pages)
            with book.open(name, "w", force_zip64=True) as opened, _Packer(opened) as page:
                _write_page(page, sheet, blocks)
        for name, text in parts.around(sheet, pages).items():
            book.writestr(name, text)


class _Blocks:
    """The blocks of a list, cut where a sheet ends."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._blocks = iter(rows)
        self._rest: Block | None = None

    def has_more(self) -> bool:
        """Tell whether rows are left."""
        if self._rest is None:
            self._rest = next(self._blocks, None)
        return self._rest is not None

    def take(self, most: int) -> Iterator[Block]:
        """Yield the blocks of the next rows, so many at most."""
        while most and self.has_more() and self._rest is not None:
            block, self._rest = self._rest, None
            height = len(block[0]) if block else 0
            if height > most:
                block, self._rest = (
                    [column[:most] for column in block],
                    [column[most:] for column in block],
                )
            most -= min(height, most)
            yield block

    def totals(self) -> Sequence[Cell] | None:
        """Return the row below the last one."""
        return self._rows.totals()

    def notes(self) -> Sequence[str]:
        """Return the sentences below everything."""
        return self._rows.notes()


class _Packer:
    """Packs what is written on another core while the next rows are made; one piece waits at most.

    What goes wrong is raised with the next piece, or at the end.
    """

    def __init__(self, page: IO[bytes]) -> None:
        self._page = page
        self._last: Future[int] | None = None
        self._packs = ThreadPoolExecutor(1, "packer")

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def write(self, text: str) -> None:
        """Have a piece packed behind the one before."""
        if self._last is not None:
            self._last.result()
        self._last = self._packs.submit(self._page.write, text.encode())

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        """Wait until all is packed."""
        self._packs.shutdown()
        if self._last is not None and failed is None:
            self._last.result()


def _write_page(page: _Packer, sheet: Sheet, blocks: _Blocks) -> None:
    page.write(parts.page_begin(sheet))
    heads = (
        _row_of_texts(1, [sheet.heading], parts.HEADING),
        _row_of_texts(2, [sheet.signatures], parts.NOTE),
        _row_of_texts(_HEADER_ROW, sheet.titles, parts.TITLE),
    )
    page.write("".join(heads))
    at = _HEADER_ROW + 1
    for block in blocks.take(_ROWS_A_SHEET):
        page.write(_rows_of(sheet.columns, block, at))
        at += len(block[0])
    totals = None if blocks.has_more() else blocks.totals()
    if totals is not None:
        page.write(_row_of_totals(sheet.columns, totals, at))
        at += 1
    if not blocks.has_more():
        for note in blocks.notes():
            page.write(_row_of_texts(at, [note], parts.NOTE))
            at += 1
    page.write(parts.page_end(sheet, last_row=at - 1))


def _rows_of(columns: Sequence[Column], block: Block, first: int) -> str:
    """Return the rows of a block as XML; a column of equal cells is part of the pattern."""
    pattern, varying = [f'<row r="{_ROW}">'], []  # type: list[str], list[Sequence[Any]]
    for place, (column, cells) in enumerate(zip(columns, block, strict=True)):
        before, behind = _around(column, place)
        values = _values(column, cells)
        kinds = set(values)
        if len(kinds) == 1:
            (only,) = kinds
            said = f"{before}{only}{behind}" if only not in (None, "") else ""
            pattern.append(said.replace("%", "%%"))
        elif None in kinds or "" in kinds:
            varying.append([f"{before}{each}{behind}" if each not in _NOTHING else ""
                            for each in values])  # fmt: skip
            pattern.append("%s")
        else:
            varying.append(values)
            pattern.append(f"{before}%s{behind}")
    pattern.append("</row>")
    fill = "".join(pattern).__mod__
    rows: Iterable[Any] = zip(*varying, strict=True) if varying else repeat((), len(block[0]))
    numbers = map(str, count(first))
    return "".join([fill(row).replace(_ROW, number) for row, number in zip(rows, numbers)])  # noqa: B905 (numbers have no end)


_NOTHING = frozenset({None, ""})


def _around(column: Column, place: int) -> tuple[str, str]:
    """Return what stands before and behind the value of a cell."""
    head = f'<c r="{parts.letters(place)}{_ROW}" s="{parts.OWN + place}"'
    if column.field.shape in WRITTEN:
        return f'{head} t="inlineStr"><is><t xml:space="preserve">', "</t></is></c>"
    return f"{head}><v>", "</v></c>"


def _values(column: Column, cells: Sequence[Cell]) -> Sequence[Any]:
    if column.field.shape is Shape.DAY:
        known: dict[Any, int | None] = {day: day and serial(day) for day in set(cells)}  # type: ignore[misc,arg-type]
        return [known[day] for day in cells]
    if column.field.shape in WRITTEN:
        return _escaped(cells)  # type: ignore[arg-type] # texts all
    return cells


def _escaped(texts: Sequence[str]) -> Sequence[str]:
    every = "".join(texts)
    if not any(sign in every for sign in _ODD):
        return texts
    return [_TAKEN_FOR_A_CODE.sub("_x005F_", escape(text)) for text in texts]


def _row_of_texts(number: int, texts: Sequence[str], style: int) -> str:
    cells = (
        f'<c r="{parts.letters(place)}{number}" s="{style}" t="inlineStr"><is>'
        f'<t xml:space="preserve">{text}</t></is></c>'
        for place, text in enumerate(_escaped(texts))
    )
    return f'<row r="{number}">{"".join(cells)}</row>'


def _row_of_totals(columns: Sequence[Column], totals: Sequence[Cell], number: int) -> str:
    first, *others = totals
    cells = _row_of_texts(number, [first], parts.TITLE) if isinstance(first, str) else ""
    begin = cells.removesuffix("</row>") or f'<row r="{number}">'
    told = others if isinstance(first, str) else totals
    start = len(totals) - len(told)
    for place, (column, cell) in enumerate(zip(columns[start:], told, strict=True), start):
        if cell is not None:
            before, behind = _around(column, place)
            begin += f"{before}{cell}{behind}".replace(_ROW, str(number))
    return f"{begin}</row>"
