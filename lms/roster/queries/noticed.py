"""Reads what hangs out on public lists, in the very words that hang out, as columns."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Programme
from lms.roster.queries.adding import add_certificates
from lms.roster.queries.claimed import add_studies, in_counties, work_of
from lms.roster.queries.enrolled import CHUNK, Columns, chunks
from lms.roster.queries.known import Known
from lms.roster.queries.selecting import Selection
from lms.subsidy.domain.notices import NoticeState, RowState
from lms.subsidy.models import NoticeRow, PublicNotice, SubsidyClaim

# Rows that were pulled or are looked into hang out no more.
_HANGS = (RowState.STANDING, RowState.DONE)
_READ: Mapping[str, Any] = {
    "subject": NoticeRow.id,
    "person": SubsidyClaim.person_id,
    "shown": NoticeRow.shown,
    "amount": NoticeRow.amount_fen,
    "occupation_code": SubsidyClaim.occupation,
    "programme": Programme.slug,
}


def noticed(
    session: Session, selection: Selection, keys: Collection[str], chunk: int = CHUNK
) -> Iterator[Columns]:
    """Yield what the columns named are made of, list by list and in the order of each.

    ``subject`` and ``person`` are the ids of the rows and of the people on them.
    """
    statement = (
        _chosen(select(*_READ.values()), selection)
        .join(Programme, Programme.id == SubsidyClaim.programme_id)
        .order_by(NoticeRow.notice_id, NoticeRow.place)
    )
    known = Known(session)
    for columns in chunks(session, statement, tuple(_READ), chunk):
        # The code of the school and the filing are no words of the list.
        add_studies(session, known, columns, {"uscc", "filing_no"}.intersection(keys))
        _add_shown(columns)
        add_certificates(known, columns)
        yield columns


def chosen_rows(selection: Selection) -> Select[int]:
    """Return the rows that hang out."""
    return _chosen(select(NoticeRow.id), selection)


def _add_shown(columns: Columns) -> None:
    shown = columns["shown"]
    count = len(shown)
    columns["name"] = [each["name"] for each in shown]
    columns["id_mask"] = [each["number"] for each in shown]
    columns["group"] = [each["group"]["code"] for each in shown]
    columns["residence_code"] = [""] * count
    columns["residence_code_name"] = [each["county"]["zh"] + each["town"] for each in shown]
    columns["class_name"] = [each["class"] for each in shown]
    columns["institution"] = [each["institution"] for each in shown]
    columns["work_type"] = [work_of(each["programme"]["zh"], each["work_type"]) for each in shown]
    columns["level"] = [each["level"] for each in shown]
    columns["start"] = [_day(each["first_day"]) for each in shown]
    columns["end"] = [_day(each["last_day"]) for each in shown]
    columns["subsidy_kind"] = [each["kind"] for each in shown]
    columns["subsidy_rate"] = columns["amount"]


def _day(said: str | None) -> date | None:
    return date.fromisoformat(said) if said else None


def _chosen(wanted: Select[Any], selection: Selection) -> Select[Any]:
    notice, filters = PublicNotice, selection.filters
    conditions = [
        in_counties(notice.county_code, selection.scopes),
        notice.state != NoticeState.CANCELLED,
        NoticeRow.state.in_(_HANGS),
    ]
    if filters.county:
        conditions.append(notice.county_code == filters.county)
    if filters.first_day:
        conditions.append(notice.first_day >= filters.first_day)
    if filters.last_day:
        conditions.append(notice.first_day <= filters.last_day)
    if filters.q:
        named = NoticeRow.shown["name"].as_string() == filters.q
        conditions.append(or_(notice.number == filters.q, named))
    return (
        wanted.join(notice, notice.id == NoticeRow.notice_id)
        .join(SubsidyClaim, SubsidyClaim.id == NoticeRow.claim_id)
        .where(*conditions)
    )
