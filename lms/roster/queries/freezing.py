"""Reads the rows of a list as they are frozen: by record and person, cells by column."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from lms.roster.domain.columns import COLUMNS, cells
from lms.roster.domain.frozen import RowToFreeze, plain
from lms.roster.queries.lines import stream
from lms.roster.queries.selecting import Selection

_CHUNK = 2_000


def rows_to_freeze(session: Session, kind: str, selection: Selection) -> Iterator[RowToFreeze]:
    """Yield every row of the list in its order, in Chinese and masked as on the screen."""
    for number, line in enumerate(stream(session, selection, chunk=_CHUNK), start=1):
        values = zip(COLUMNS, cells(line, number, "zh"), strict=True)
        said = {column.key: plain(cell) for column, cell in values}
        yield RowToFreeze(line.enrollment_id, line.person_id, said, {})
