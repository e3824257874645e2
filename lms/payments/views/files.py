"""Files the desk of orders takes home: written aside, then sent."""

from collections.abc import Sequence
from typing import IO

from flask import Response, send_file

from lms.core.errors import GatewayError
from lms.payments.domain.finance import FileForm
from lms.sheets.writing import Column, Table, write_csv, write_xlsx
from lms.web.i18n import gettext

_TYPES = {
    FileForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileForm.CSV: "text/csv; charset=utf-8",
}
_WRITERS = {FileForm.XLSX: write_xlsx, FileForm.CSV: write_csv}


def write(file: IO[bytes], form: FileForm, columns: Sequence[tuple[str, int]], rows: Table) -> None:
    """Write rows below the titles of their columns. Raises ``GatewayError`` on a full disk."""
    heads = [Column(gettext(title), width) for title, width in columns]
    try:
        _WRITERS[form](file, heads, rows)
        file.flush()
    except OSError as error:
        raise GatewayError(
            "export_not_written",
            "The file could not be written: the disk is full or refuses. Nothing was kept.",
            retryable=False,
        ) from error


def send(file: IO[bytes], form: FileForm, name: str) -> Response:
    """Return the answer that sends a file, and closes it."""
    length = file.seek(0, 2)
    file.seek(0)
    response = send_file(
        file, mimetype=_TYPES[form], as_attachment=True, download_name=f"{name}.{form}"
    )
    response.content_length = length
    response.headers["Cache-Control"] = "no-store"
    return response
