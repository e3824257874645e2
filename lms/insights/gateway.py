"""Writes tables of figures as CSV: UTF-8 with a byte order mark, texts that cannot calculate."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

from lms.sheets.domain import guarded

_MARK = "\ufeff"


def as_csv(rows: Iterable[Sequence[str | int]]) -> bytes:
    """Return the file of a table whose first row names its columns."""
    opened = StringIO(newline="")
    csv.writer(opened).writerows(
        [guarded(cell) if isinstance(cell, str) else cell for cell in row] for row in rows
    )
    return (_MARK + opened.getvalue()).encode()
