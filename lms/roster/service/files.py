"""Writes lists to the disk, each from one moment of the database."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.orm import Session

from lms.accounts.service.opening import write_down_opening
from lms.core.clock import local_day
from lms.core.errors import GatewayError, InvalidInput
from lms.db.session import Database, now
from lms.delivery.gateway import atomic_file
from lms.roster import queries
from lms.roster.domain.kinds import ExportFormat, most_printed, not_printable
from lms.roster.domain.sheets import Rows, Sheet
from lms.roster.gateway.printed import print_list
from lms.roster.gateway.texts import GB18030, write_csv
from lms.roster.gateway.workbook import write_xlsx
from lms.roster.queries import ListRows, Report, Wanted


def write_list(database: Database, wanted: Wanted, target: Path, report: Report) -> int:
    """Write a list to ``target``, whole or not at all, and return the number of rows.

    Raises ``GatewayError`` where the disk refuses and ``InvalidInput`` for a list too long to
    be printed.
    """
    with written_whole(database, target) as (session, part):
        at = now(session)
        template = queries.template_for(session, wanted.kind, wanted.selection)
        sheet = Sheet(template, wanted.language, at, wanted.watermark)
        rows = ListRows(session, wanted, template, today=local_day(at), report=report)
        if wanted.form is ExportFormat.PDF and rows.total > most_printed(wanted.kind):
            raise InvalidInput({"format": not_printable(wanted.kind)})
        _write_down(database, rows)
        write_rows(part, wanted.form, sheet, rows)
    return rows.written


@contextmanager
def written_whole(database: Database, target: Path) -> Iterator[tuple[Session, Path]]:
    """Yield a session of one moment and what becomes the file, if nothing goes wrong with it.

    Raises ``GatewayError`` where the disk refuses.
    """
    try:
        with database.one_moment() as session, atomic_file(target) as part:
            yield session, part
    except OSError as error:
        raise GatewayError(
            "export_not_written",
            "The file could not be written: the disk is full or refuses. Nothing was kept.",
            retryable=False,
        ) from error


def _write_down(database: Database, rows: ListRows) -> None:
    """Write down that numbers are opened, before any is."""
    if rows.opening is not None:
        with database.transaction() as session:
            write_down_opening(session, rows.opening, rows=rows.total, now=now(session))


def write_rows(part: Path, form: ExportFormat, sheet: Sheet, rows: Rows) -> None:
    """Write the rows of a list in the form asked for."""
    if form is ExportFormat.CSV:
        write_csv(part, sheet, rows)
    elif form is ExportFormat.CSV_GB18030:
        write_csv(part, sheet, rows, encoding=GB18030)
    elif form is ExportFormat.PDF:
        print_list(part, sheet, rows)
    else:
        write_xlsx(part, sheet, rows)
