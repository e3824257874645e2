"""Writes lists to the disk, each from one moment of the database, and clears what is over."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import text
from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.core.errors import GatewayError
from lms.db.session import Database, now
from lms.roster import queries
from lms.roster.domain.kinds import ExportFormat
from lms.roster.domain.sheets import Sheet
from lms.roster.domain.templates import shipped
from lms.roster.gateway.files import atomic_file
from lms.roster.gateway.texts import GB18030, write_csv
from lms.roster.gateway.workbook import write_xlsx
from lms.roster.service import exports
from lms.roster.service.making import ListRows, Report, Wanted
from lms.settings import Settings

log = structlog.get_logger(__name__)


def write_list(database: Database, wanted: Wanted, target: Path, report: Report) -> int:
    """Write a list to ``target``, whole or not at all, and return the number of rows.

    Raises ``GatewayError`` where the disk refuses.
    """
    try:
        with one_moment(database) as session, atomic_file(target) as part:
            at = now(session)
            template = shipped(wanted.kind)
            sheet = Sheet(template, wanted.language, at, wanted.watermark)
            rows = ListRows(session, wanted, template, today=local_day(at), report=report)
            _write(part, wanted.form, sheet, rows)
    except OSError as error:
        raise GatewayError(
            "export_not_written",
            "The file could not be written: the disk is full or refuses. Nothing was kept.",
            retryable=False,
        ) from error
    return rows.written


def _write(part: Path, form: ExportFormat, sheet: Sheet, rows: ListRows) -> None:
    if form is ExportFormat.CSV:
        write_csv(part, sheet, rows)
    elif form is ExportFormat.CSV_GB18030:
        write_csv(part, sheet, rows, encoding=GB18030)
    else:
        write_xlsx(part, sheet, rows)


def clear_old_files(database: Database, settings: Settings) -> int:
    """Delete the files of exports whose days are over; return how many."""
    with database.snapshot() as session:
        over = queries.expired(session, now(session))
    # First the file, then the row: whatever happens between, the next round finds it again.
    gone = [export_id for export_id, name in over if _delete(settings.export_dir / name)]
    if gone:
        with database.transaction() as session:
            exports.record_removed(session, gone, now=now(session))
    return len(gone)


def _delete(file: Path) -> bool:
    """Delete the file; false where the disk refuses, which must not save the other files."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        log.warning("export_not_deleted", error=repr(error))
        return False
    return True


@contextmanager
def one_moment(database: Database) -> Iterator[Session]:
    """Open a session in which every statement sees the same moment, however long it reads."""
    with database.snapshot() as session:
        if not database.is_sqlite:  # SQLite's read transactions are snapshots by nature
            session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"))
        yield session
