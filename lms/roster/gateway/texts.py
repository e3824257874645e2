"""Writes a list as CSV: UTF-8 with a mark, or the national GB18030, which has all of Unicode."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from lms.roster.domain.fields import WRITTEN
from lms.roster.domain.sheets import Rows, Sheet, as_texts
from lms.roster.domain.templates import Column
from lms.sheets.domain import guarded

UTF8, GB18030 = "utf-8", "gb18030"
# By this mark spreadsheets know UTF-8.
_MARK = "\ufeff"
_COMMA, _QUOTE, _LINE = ",", '"', "\r\n"
# Signs without which no text would calculate.
_CALCULATES = "=+-@＝＋－＠"


def write_csv(path: Path, sheet: Sheet, rows: Rows, *, encoding: str = UTF8) -> None:
    """Write the list; texts that would calculate get a leading quote.

    Raises ``OSError`` where the disk refuses.
    """
    with path.open("wb") as opened:
        head = _written([_guarded(sheet.titles)])
        opened.write(((_MARK if encoding == UTF8 else "") + head).encode(encoding))
        for block in rows:
            columns = [_cells(*each) for each in zip(sheet.columns, block, strict=True)]
            opened.write(_block(columns).encode(encoding))
        totals = rows.totals()
        if totals is not None:
            cells = zip(sheet.columns, totals, strict=True)
            row = [as_texts(column, [cell])[0] or "" for column, cell in cells]
            opened.write(_written([row]).encode(encoding))


def _block(columns: Sequence[Sequence[str]]) -> str:
    """Return the rows of some columns; as the writer does, but faster where nothing is quoted."""
    rows = list(zip(*columns, strict=True))
    said = _LINE.join([_COMMA.join(row) for row in rows]) + _LINE
    is_plain = (
        len(columns) > 1
        and _QUOTE not in said
        and said.count(_COMMA) == len(rows) * (len(columns) - 1)
        and said.count("\n") == said.count("\r") == len(rows)
    )
    return said if is_plain else _written(rows)


def _written(rows: Iterable[Sequence[str]]) -> str:
    made = io.StringIO(newline="")
    csv.writer(made).writerows(rows)
    return made.getvalue()


def _cells(column: Column, cells: Sequence[object]) -> Sequence[str]:
    texts = as_texts(column, cells)  # type: ignore[arg-type] # cells of a list
    return _guarded(texts) if column.field.shape in WRITTEN else texts


def _guarded(texts: Sequence[str]) -> Sequence[str]:
    every = "".join(texts)
    if not any(sign in every for sign in _CALCULATES):
        return texts
    return [guarded(text) for text in texts]
