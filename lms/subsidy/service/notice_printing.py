"""Prints lists: short ones while somebody waits, long ones by a worker into a file."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from sqlalchemy.orm import Session

from lms.core.clock import local_day
from lms.subsidy import queries
from lms.subsidy.domain import notice_words as said
from lms.subsidy.domain.notices import RowState, edition
from lms.subsidy.gateway.notice_files import printed_file, write_whole
from lms.subsidy.gateway.notice_pdf import Column, NoticeSheet, notice
from lms.subsidy.models import NoticeRow, PublicNotice
from lms.subsidy.queries import NoticeSeen

# The same sheet is asked for again and again on the day it hangs out.
_KEPT_SHEETS = 8
_HIDDEN: Mapping[str, said.Words] = {
    RowState.OBJECTED: said.LOOKED_INTO,
    RowState.PULLED: said.TAKEN_OFF,
}


def printed_now(session: Session, seen: NoticeSeen, *, language: str, base_url: str) -> bytes:
    """Return the sheets of a list as it hangs out; what was printed a moment ago is kept."""
    rows = queries.all_rows(session, seen.notice.id)
    return _printed(_sheet(seen, rows, language=language, base_url=base_url))


def printed_path(session: Session, seen: NoticeSeen, *, language: str, folder: Path) -> Path:
    """Return where the sheets of a long list lie, once they are printed."""
    hidden = queries.hidden_rows(session, seen.notice.id)
    return printed_file(folder, seen.notice.number, language, edition(hidden))


def print_notice(
    session: Session, seen: NoticeSeen, *, language: str, base_url: str, folder: Path
) -> Path:
    """Print a list into its file, and return where it lies. Raises ``OSError``."""
    path = printed_path(session, seen, language=language, folder=folder)
    if not path.exists():
        rows = queries.all_rows(session, seen.notice.id)
        write_whole(path, notice(_sheet(seen, rows, language=language, base_url=base_url)))
    return path


@lru_cache(maxsize=_KEPT_SHEETS)
def _printed(sheet: NoticeSheet) -> bytes:
    return notice(sheet)


def _sheet(
    seen: NoticeSeen, rows: Sequence[NoticeRow], *, language: str, base_url: str
) -> NoticeSheet:
    own = seen.notice
    days = {"first": own.first_day, "last": own.last_day}
    address = f"{base_url}/notices/{own.number}"
    shown = address.partition("://")[2]
    return NoticeSheet(
        language=language,
        heading=said.in_words(said.HEADING, language),
        place=f"{said.in_words(seen.county, language)} · {_month(own, language)}",
        period_line=said.filled(said.SPAN, language, **days),
        paragraphs=tuple(said.in_words(each, language) for each in said.PARAGRAPHS),
        facts=(
            (said.in_words(said.NUMBER, language), own.number),
            (said.in_words(said.PERIOD, language), said.filled(said.DAYS, language, **days)),
            (said.in_words(said.OFFICE, language), own.contact),
        ),
        columns=tuple(
            Column(said.in_words(title, language), share=share, is_number=is_number)
            for title, share, is_number in said.COLUMNS
        ),
        rows=tuple(_row(each, language) for each in rows),
        totals=_totals(own, language),
        seal_line=said.in_words(said.SEAL, language),
        code_label=said.in_words(said.CODE, language),
        code=own.check_code,
        scan_line=said.in_words(said.SCAN, language),
        compare_line=said.in_words(said.COMPARE, language),
        check_address=shown,
        qr_address=address,
        page_line=said.in_words(said.PAGE, language),
        made_line=said.filled(said.MADE, language, day=local_day(own.published_at)),
        made_at=own.published_at,
    )


def _row(row: NoticeRow, language: str) -> tuple[str, ...]:
    hidden = _HIDDEN.get(row.state)
    if hidden is not None:
        return said.hidden_row(row.place, hidden, language)
    return said.printed_row(row.place, row.shown, row.amount_fen, language)


def _totals(own: PublicNotice, language: str) -> tuple[tuple[str, str], ...]:
    total = said.filled(said.YUAN, language, sum=said.yuan(own.total_fen))
    people = said.filled(said.COUNT, language, count=own.rows)
    return (
        (said.in_words(said.PEOPLE, language), people),
        (said.in_words(said.SUM, language), total),
    )


def _month(own: PublicNotice, language: str) -> str:
    year, month = own.month.split("-")
    number = int(month) if language == "zh" else month
    return said.filled(said.MONTH, language, year=year, month=number)
