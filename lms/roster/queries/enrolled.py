"""Reads lists of enrollments as columns, some thousand rows at a time."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import nullcontext
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, and_, case, cast, func, select, true
from sqlalchemy.orm import Session

from lms.accounts.domain.texts import SENSITIVE
from lms.accounts.models import Consent, Identity, Person
from lms.db.among import among
from lms.db.moments import seconds_of
from lms.db.session import connection_of
from lms.db.streams import stream_beside
from lms.enrollment.domain import SessionState
from lms.enrollment.models import ClassSession, Enrollment, SessionAttendance
from lms.enrollment.queries import attended_of_class
from lms.progress.queries import JOINED_MS, JOINED_PERCENT, with_results
from lms.roster.domain.days import QUARTER_SECONDS, Days
from lms.roster.queries.adding import add_columns
from lms.roster.queries.known import Known
from lms.roster.queries.selecting import Selection, in_list_order, listed

# The columns of some rows by name; what a list needs besides is added.
Columns = dict[str, Sequence[Any]]
CHUNK = 2_000

_HELD = and_(ClassSession.state == SessionState.HELD, ClassSession.required.is_(true()))


def _meetings() -> Select[Any]:
    return (
        select(func.count())
        .select_from(ClassSession)
        .where(ClassSession.training_class_id == Enrollment.training_class_id, _HELD)
    )


def _visits() -> Select[Any]:
    return (
        select(func.count())
        .select_from(ClassSession)
        .join(SessionAttendance, SessionAttendance.class_session_id == ClassSession.id)
        .where(
            SessionAttendance.person_id == Enrollment.person_id,
            SessionAttendance.attended_ms > 0,
            ClassSession.training_class_id == Enrollment.training_class_id,
            _HELD,
        )
    )


def consented() -> ColumnElement[bool]:
    """Return the condition that a row's person agrees to their number being held."""
    return (
        select(Consent.id)
        .where(
            Consent.person_id == Person.id,
            Consent.subject == SENSITIVE,
            Consent.withdrawn_at.is_(None),
        )
        .correlate(Person)
        .exists()
    )


_IDENTITY: Mapping[str, Any] = {
    "sex": Identity.sex,
    "birth_date": Identity.birth_date,
    "id_mask": Identity.mask,
    "id_sealed": case((consented(), Identity.number)),
    "id_index": case((consented(), Identity.number_index)),
}
# What is read for each row, by the name of the column it becomes.
_READ: Mapping[str, Any] = {
    "name": Person.name,
    "phone": Person.phone,
    "town": Person.town,
    "county_code": Enrollment.county_code,
    "course_id": Enrollment.course_id,
    "revision_id": Enrollment.revision_id,
    "class_id": Enrollment.training_class_id,
    "status": Enrollment.status,
    "enrolled_quarter": seconds_of(Enrollment.enrolled_at) // QUARTER_SECONDS,
    "completed_quarter": seconds_of(Enrollment.completed_at) // QUARTER_SECONDS,
    "hours_online_verified": cast(JOINED_MS, BigInteger()),
    "final": JOINED_PERCENT,
    "offline": cast(attended_of_class(), BigInteger()),
    "meetings": _meetings().correlate(Enrollment).scalar_subquery(),
    "visits": _visits().correlate(Enrollment).scalar_subquery(),
    **_IDENTITY,
}
_RESULTS = frozenset({"hours_online_verified", "final"})
_CLASS = ("class_id", "course_id", "revision_id", "enrolled_quarter", "completed_quarter")
# What a column of the list rests on.
_NEEDS: Mapping[str, Sequence[str]] = {
    "id_number": ("id_mask",),
    "age": ("birth_date",),
    "county": ("county_code",),
    "course": ("revision_id",),
    "enrolled_on": ("enrolled_quarter",),
    "completed_on": ("completed_quarter",),
    "attendance_pct": ("meetings", "visits"),
    "score_theory": ("final",),
    "passed": ("status",),
    "lacking": ("revision_id", "status"),
    **dict.fromkeys(("hukou_code", "residence_code"), ("county_code", "town")),
    **dict.fromkeys(("class_name", "filing_no", "start", "end", "institution", "uscc"), _CLASS),
    **dict.fromkeys(("work_type", "occupation_code", "level"), ("course_id",)),
    **dict.fromkeys(("hours_total", "theory", "practice"), ("class_id", "course_id")),
    **dict.fromkeys(
        ("cert_type", "cert_no", "cert_date", "cert_issuer", "score_practice"), ("course_id",)
    ),
    "group": _CLASS,
}


def enrolled(
    session: Session, selection: Selection, keys: Collection[str], chunk: int = CHUNK
) -> Iterator[Columns]:
    """Yield what the columns named are made of, newest enrollment first.

    ``subject`` and ``person`` are the ids of the enrollments and their people.
    """
    names = names_of(keys)
    wanted = in_list_order(statement_of(names), selection)
    known = Known(session)
    for columns in chunks(session, wanted, ("subject", "person", *names), chunk):
        add_columns(known, columns, keys)
        yield columns


def chosen_enrollments(selection: Selection) -> Select[int]:
    """Return the enrollments of the list."""
    return listed(selection)


def enrolled_of(
    session: Session, ids: Collection[int], keys: Collection[str]
) -> Mapping[int, Mapping[str, Any]]:
    """Return what is read for single enrollments, by id."""
    names = names_of(keys)
    rows = session.execute(
        statement_of(names).where(among(Enrollment.id, "ids")), {"ids": sorted(ids)}
    )
    return {row[0]: dict(zip(("subject", "person", *names), row, strict=True)) for row in rows}


def chunks(
    session: Session, wanted: Select[Any], names: Sequence[str], chunk: int
) -> Iterator[Columns]:
    """Yield the columns of a statement's rows, so many rows in memory at a time."""
    days = Days()
    # No mapped object is made, so the session has no part in it.
    with stream_beside(session) if chunk >= CHUNK else nullcontext(connection_of(session)) as reads:
        rows = reads.execute(wanted, execution_options={"yield_per": chunk})
        for part in rows.partitions():
            columns: Columns = dict(zip(names, zip(*part, strict=True), strict=True))
            add_days(columns, days)
            yield columns


def add_days(columns: Columns, days: Days) -> None:
    """Add the days of the moments that were read."""
    for happened in ("enrolled", "completed"):
        if f"{happened}_quarter" in columns:
            columns[f"{happened}_on"] = days.of(columns[f"{happened}_quarter"])


def names_of(keys: Collection[str]) -> list[str]:
    """Return what has to be read for the columns named."""
    wanted = {name for key in keys for name in (*_NEEDS.get(key, ()), key) if name in _READ}
    return [name for name in _READ if name in wanted]


def statement_of(names: Sequence[str]) -> Select[Any]:
    """Return the statement of enrollments and their people with what is named."""
    columns = [Enrollment.id, Enrollment.person_id, *(_READ[name] for name in names)]
    found = select(*columns).join(Person, Person.id == Enrollment.person_id)
    if _IDENTITY.keys() & set(names):
        found = found.outerjoin(Identity, Identity.person_id == Person.id)
    return with_results(found) if _RESULTS.intersection(names) else found
