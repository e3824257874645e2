"""Writes lists to the disk, each from one moment of the database."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.core.errors import GatewayError
from lms.db.session import Database
from lms.delivery.gateway import atomic_file
from lms.roster import queries
from lms.roster.domain.columns import COLUMNS, LIST_TITLE, SHEET_TITLE, SIGNATURES, Cell, cells
from lms.roster.domain.lines import in_words
from lms.roster.domain.orders import ExportFormat
from lms.roster.gateway.sheets import Sheet, write_csv, write_xlsx

_CHUNK = 2_000

Report = Callable[[int, int], None]


def write_list(
    database: Database,
    selection: queries.Selection,
    target: Path,
    *,
    form: ExportFormat,
    language: str,
    report: Report,
) -> int:
    """Write the completion list to ``target`` and return the number of rows.

    Raises ``GatewayError`` where the disk refuses.
    """
    sheet = Sheet(
        in_words(SHEET_TITLE, language),
        in_words(LIST_TITLE, language),
        in_words(SIGNATURES, language),
        COLUMNS,
        language,
    )
    try:
        with one_moment(database) as session, atomic_file(target) as part:
            total = queries.count(session, selection)
            rows = _rows(session, selection, total, language, report)
            if form is ExportFormat.CSV:
                write_csv(part, sheet, rows)
            else:
                write_xlsx(part, sheet, rows, total)
    except OSError as error:
        raise GatewayError(
            "export_not_written",
            "The file could not be written: the disk is full or refuses. Nothing was kept.",
            retryable=False,
        ) from error
    return total


@contextmanager
def one_moment(database: Database) -> Iterator[Session]:
    """Open a session in which every statement sees the same moment, however long it reads."""
    with database.snapshot() as session:
        if not database.is_sqlite:  # SQLite's read transactions are snapshots by nature
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        yield session


def _rows(
    session: Session, selection: queries.Selection, total: int, language: str, report: Report
) -> Iterator[tuple[Cell, ...]]:
    report(0, total)
    number = 0
    for number, line in enumerate(queries.stream(session, selection, chunk=_CHUNK), start=1):
        yield cells(line, number, language)
        if number % _CHUNK == 0:
            report(number, total)
    report(number, total)
