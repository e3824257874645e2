"""Reads the rows of a list as they are frozen: by record and person, cells by column."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.db.session import now
from lms.roster.domain.frozen import RowToFreeze, plain
from lms.roster.domain.kinds import ExportKind
from lms.roster.queries.making import Wanted, rows_of
from lms.roster.queries.selecting import Selection
from lms.roster.queries.templates import template_for


def rows_to_freeze(session: Session, kind: str, selection: Selection) -> Iterator[RowToFreeze]:
    """Yield every row of the list in its order, in Chinese and masked as on the screen."""
    wanted = Wanted(ExportKind(kind), selection)
    template = template_for(session, wanted.kind, selection)
    today = local_day(now(session))
    for row in rows_of(session, wanted, template, today=today):
        said = {key: plain(cell) for key, cell in row.cells.items()}
        yield RowToFreeze(row.subject_id, row.person_id, said, {})
