"""Reads the rows of a list as they are frozen: by record and person, cells by column, marks."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from lms.roster.domain.frozen import RowToFreeze, plain
from lms.roster.domain.marks import Digest, marks_of
from lms.roster.domain.templates import Template
from lms.roster.queries.making import ListRows, Wanted


def rows_to_freeze(
    session: Session, wanted: Wanted, template: Template, digest: Digest, *, today: date
) -> Iterator[RowToFreeze]:
    """Yield every row of the list in its order, in Chinese and masked as the template says."""
    keys = [column.key for column in template.columns]
    for raw, block in ListRows(session, wanted, template, today=today).blocks():
        marks = marks_of(raw, keys, digest, len(raw["subject"]))
        rows: Iterator[tuple[Any, ...]] = zip(*block, strict=True)
        for subject, person, marked, row in zip(
            raw["subject"], raw["person"], marks, rows, strict=True
        ):
            cells = {key: plain(cell) for key, cell in zip(keys, row, strict=True)}
            yield RowToFreeze(subject, person, cells, marked)
