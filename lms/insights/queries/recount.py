"""Counts everything anew from the base tables, in another way than the roll-up.

The roll-up counts one person after the other and adds differences; here the database joins and
ranks all of them at once, and what it finds is added up from nothing.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from sys import intern
from typing import Any, NamedTuple

from sqlalchemy import Executable, Result, Row, select, text
from sqlalchemy.orm import Session
from sqlalchemy.sql.expression import TextualSelect

from lms.core.clock import local_day
from lms.insights.domain.groups import GROUP_ORDER, NO_GROUP
from lms.insights.domain.months import month_of
from lms.insights.domain.tallies import MEASURES, NO_COURSE, Cell, Tally, total_of
from lms.insights.models import FigureCell, FigureMark, FigureRefused
from lms.insights.queries.ledger import lengths
from lms.insights.queries.recount_sql import CLAIMS, ENROLLMENTS, ENTRIES, GROUPS, PAYMENTS

_READ_AT_ONCE = 2_000
_LOST = "refused:"


class Figure(NamedTuple):
    """One number of the roll-up: where, and of what; refused time is ``refused:reason``."""

    cell: Cell
    name: str


Counts = Iterator[tuple[Figure, int]]
Groups = Mapping[int, str]


class Difference(NamedTuple):
    """A number that is kept otherwise than it was counted anew."""

    figure: Figure
    kept: int
    counted: int


def differences(session: Session) -> list[Difference]:
    """Return where the roll-up is not what the base tables say, up to the entry it stands at."""
    if session.get_bind().dialect.name == "postgresql":
        # Everything of everybody takes longer than a page may, and is read at one moment.
        session.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
        session.execute(text("SET LOCAL statement_timeout = 0"))
    counted, found = _recounted(session), []
    for figure, amount in _kept(session):
        now = counted.get(figure.cell, {}).pop(figure.name, 0)
        if now != amount:
            found.append(Difference(figure, amount, now))
    unknown = (
        Difference(Figure(cell, name), 0, amount)
        for cell, amounts in counted.items()
        for name, amount in amounts.items()
        if amount
    )
    return sorted([*found, *unknown])


def _kept(session: Session) -> Counts:
    """Yield every number of the roll-up."""
    for row in _each(session, select(FigureCell.__table__)).mappings():
        cell = _kept_cell(row)
        yield from ((Figure(cell, name), row[name]) for name in MEASURES)
    for row in _each(session, select(FigureRefused.__table__)).mappings():
        yield Figure(_kept_cell(row), f"{_LOST}{row['reason']}"), row["ms"]


def _recounted(session: Session) -> Tally:
    """Return every number as the base tables say it, by cell."""
    mark = {"mark": session.scalar(select(FigureMark.ledger_id)) or 0}
    groups = _groups(session)
    found: Tally = {}
    for statement, read in (
        (ENROLLMENTS, _of_enrollment),
        (CLAIMS, _of_claim),
        (PAYMENTS, _of_payment),
        (ENTRIES, _of_entry),
    ):
        for row in _rows(session, statement, mark):
            for figure, amount in read(row, groups):
                _add(found, figure, amount)
                if not figure.name.startswith(_LOST):
                    _add(found, Figure(total_of(figure.cell), figure.name), amount)
    return found


def _add(tally: Tally, figure: Figure, amount: int) -> None:
    amounts = tally.setdefault(figure.cell, {})
    # One text for a name however often it is made: there are millions of these.
    name = intern(figure.name)
    amounts[name] = amounts.get(name, 0) + amount


def _rows(session: Session, statement: TextualSelect, mark: Mapping[str, int]) -> Iterator[Any]:
    yield from _each(session, statement, mark if ":mark" in str(statement) else {})


def _each(
    session: Session, statement: Executable, asks: Mapping[str, int] | None = None
) -> Result[Any]:
    return session.execute(statement, asks, execution_options={"yield_per": _READ_AT_ONCE})


def _kept_cell(row: Mapping[Any, Any]) -> Cell:
    names = ("county_code", "town", "person_group", "course_id", "month")
    return Cell(*(row[name] for name in names))


def _groups(session: Session) -> Groups:
    """Return the group of each enrollment, and of each claim that is for none, by its number."""
    found: dict[int, str] = {}
    for number, rows in groupby(_rows(session, GROUPS, {}), key=attrgetter("id")):
        facts = list(rows)
        day = local_day(facts[0].at)
        holding = [f for f in facts if f.valid_from <= day and (f.valid_to or day) >= day]
        later = [f for f in facts if f.valid_from > day]
        soonest = min((f.valid_from for f in later), default=None)
        said = holding or [f for f in later if f.valid_from == soonest]
        if said:
            found[number] = _first_named(said[-1].said)
    return found


def _first_named(said: str) -> str:
    return next((name for name in GROUP_ORDER if f'"{name}"' in said), NO_GROUP)


def _figure(row: Row[Any], groups: Groups, day: date, name: str) -> Figure:
    place = (row.county, row.town, groups.get(row.training, NO_GROUP), row.course or NO_COURSE)
    return Figure(Cell(*place, month_of(day)), name)


def _day(moment: datetime | None) -> date | None:
    return None if moment is None else local_day(moment)


def _of_enrollment(row: Row[Any], groups: Groups) -> Counts:
    enrolled_on, completed_on = local_day(row.enrolled_at), _day(row.completed_at)
    first_on = None if row.first_day is None else date.fromordinal(row.first_day)
    signs = [each for each in (first_on, _day(row.passed_at), completed_on) if each is not None]
    happened = {
        "enrolled": enrolled_on,
        "started": min(signs, default=None),
        "passed": _day(row.passed_at),
        "completed": completed_on,
        "badges": _day(row.badge_at),
        "certified": row.certified_on,
        "people_enrolled": enrolled_on if row.nth_enrolled == 1 else None,
        "people_trained": completed_on if row.nth_completed == 1 else None,
    }
    for name, day in happened.items():
        if day is not None:
            yield _figure(row, groups, day, name), 1
    for name in _steps(row, has_begun=bool(signs)):
        yield _figure(row, groups, enrolled_on, name), 1


def _steps(row: Row[Any], *, has_begun: bool) -> Iterator[str]:
    if not has_begun:
        return
    yield "reached_start"
    if row.passed_at is None and row.completed_at is None:
        return
    yield "reached_test"
    if row.completed_at is None:
        return
    yield "reached_end"
    if row.certified_on is None:
        return
    yield "reached_certificate"
    if row.paid is not None:
        yield "reached_money"


def _of_claim(row: Row[Any], groups: Groups) -> Counts:
    yield _figure(row, groups, local_day(row.submitted_at), "claimed"), 1
    if row.approved_at is not None:
        approved_on = local_day(row.approved_at)
        yield _figure(row, groups, approved_on, "approved"), 1
        yield _figure(row, groups, approved_on, "owed_fen"), row.owed_fen


def _of_payment(row: Row[Any], groups: Groups) -> Counts:
    yield _figure(row, groups, row.paid_on, "paid_fen"), row.amount_fen
    if row.nth_of_claim == 1:
        yield _figure(row, groups, row.paid_on, "paid"), 1
    if row.nth_of_person == 1:
        yield _figure(row, groups, row.paid_on, "people_paid"), 1


def _of_entry(row: Row[Any], groups: Groups) -> Counts:
    day = date.fromordinal(row.day)
    yield _figure(row, groups, day, "credited_ms"), row.credited_ms
    for reason, ms in lengths(row.refused or {}).items():
        yield _figure(row, groups, day, f"{_LOST}{reason}"), ms
