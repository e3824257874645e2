"""Reads the days of a ledger, summed by lesson, a page at a time."""

from collections.abc import Iterable
from datetime import date
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Function,
    Row,
    Select,
    Subquery,
    case,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import Session

from lms.catalog.models import Material
from lms.db.base import Json
from lms.progress.domain.ledger import GRANTED
from lms.progress.models import WatchSlice
from lms.record.domain.ledger import Day, Ledger, Sum, Window
from lms.record.domain.reasons import measured
from lms.record.queries.people import Holder, Lessons


def ledger(session: Session, holder: Holder, window: Window) -> Ledger:
    """Return what each day brought in each lesson, newest first."""
    rows = session.execute(_statement(session, holder, window)).all()
    days = [list(own) for _, own in groupby(rows, key=attrgetter("day"))]
    shown = tuple(_day(holder, own) for own in days[: window.limit])
    return Ledger(shown, next=shown[-1].day if len(days) > window.limit else None)


def _statement(session: Session, holder: Holder, window: Window) -> Select[*tuple[Any, ...]]:
    chosen = _chosen(holder, window)
    days = _days(chosen, window.limit + 1)
    return (
        select(
            *(WatchSlice.day, Material.course_id, Material.lesson_key),
            func.sum(WatchSlice.credited_ms).label("credited_ms"),
            func.sum(WatchSlice.held_ms).label("held_ms"),
            func.sum(
                case((WatchSlice.kind.in_(sorted(GRANTED)), WatchSlice.credited_ms), else_=0)
            ).label("granted_ms"),
            _refused(session).label("refused"),
        )
        .join(Material, Material.id == WatchSlice.material_id)
        .where(*chosen, WatchSlice.day >= select(func.min(days.c.day)).scalar_subquery())
        .group_by(WatchSlice.day, Material.course_id, Material.lesson_key)
        .order_by(WatchSlice.day.desc(), func.max(WatchSlice.id).desc())
    )


def _days(chosen: Iterable[ColumnElement[bool]], limit: int) -> Subquery:
    return (
        select(WatchSlice.day)
        .join(Material, Material.id == WatchSlice.material_id)
        .where(*chosen)
        .group_by(WatchSlice.day)
        .order_by(WatchSlice.day.desc())
        .limit(limit)
        .subquery()
    )


def _chosen(holder: Holder, window: Window) -> list[ColumnElement[bool]]:
    ids = [
        line.course.course_id
        for line in holder.courses
        if window.course in (None, line.course.slug)
    ]
    found = [WatchSlice.person_id == holder.person_id, Material.course_id.in_(ids)]
    if window.after:
        found.append(WatchSlice.day < window.after.toordinal())
    if window.first:
        found.append(WatchSlice.day >= window.first.toordinal())
    if window.last:
        found.append(WatchSlice.day <= window.last.toordinal())
    return found


def _refused(session: Session) -> ColumnElement[Any]:
    """Return the refused intervals of the entries that hold some, as one list."""
    # What is neither credited nor held was refused; most entries have nothing of it.
    has_some = WatchSlice.claimed_ms > WatchSlice.credited_ms + WatchSlice.held_ms
    if session.get_bind().dialect.name == "sqlite":
        found: Function[Any] = func.json_group_array(func.json(WatchSlice.refused))
    else:
        found = func.jsonb_agg(WatchSlice.refused)
    return type_coerce(found.filter(has_some), Json)


def _day(holder: Holder, rows: list[Row[*tuple[Any, ...]]]) -> Day:
    known = holder.lessons()
    return Day(date.fromordinal(rows[0].day), tuple(_sum(row, known) for row in rows))


def _sum(row: Row[*tuple[Any, ...]], known: Lessons) -> Sum:
    course, title = known.of(row.course_id, row.lesson_key)
    return Sum(
        course=course,
        lesson_key=row.lesson_key,
        title=title,
        credited_ms=int(row.credited_ms),
        granted_ms=int(row.granted_ms),
        held_ms=int(row.held_ms),
        refused=measured(row.refused or []),
    )
