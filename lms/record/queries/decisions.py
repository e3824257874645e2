"""Reads what was asked about a person's time, and what people decided, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import ColumnElement, CompoundSelect, Row, and_, func, or_, select
from sqlalchemy.orm import Session

from lms.catalog.models import Material
from lms.core.clock import day_bounds
from lms.progress.domain.requests import RequestAim, RequestRuling
from lms.progress.domain.spans import total_ms
from lms.progress.domain.units import ms_to_datetime
from lms.progress.models import TimeRequest, WatchSlice
from lms.record.domain.decisions import Asked, DecisionLine
from lms.record.domain.ledger import Window
from lms.record.queries.people import Holder, Lessons


def decisions(session: Session, holder: Holder, window: Window) -> tuple[DecisionLine, ...]:
    """Return what was asked or waited for an answer in the window's period, oldest first.

    An outage is told where the person got something for it.
    """
    courses = [each for each in holder.courses if window.course in (None, each.course.slug)]
    mine = and_(WatchSlice.request_id == TimeRequest.id, WatchSlice.person_id == holder.person_id)
    rows = session.execute(
        select(
            *(TimeRequest.id, TimeRequest.aim, TimeRequest.asked_at, TimeRequest.words),
            *(TimeRequest.spans, TimeRequest.wall_from_ms, TimeRequest.wall_to_ms),
            *(TimeRequest.ruling, TimeRequest.reason, TimeRequest.ruled_at),
            *(Material.course_id, Material.lesson_key),
            func.coalesce(func.sum(WatchSlice.credited_ms), 0).label("granted_ms"),
        )
        .outerjoin(WatchSlice, mine)
        .join(
            Material,
            Material.id == func.coalesce(WatchSlice.material_id, TimeRequest.material_id),
        )
        .where(
            TimeRequest.id.in_(_requests_of(holder.person_id)),
            Material.course_id.in_([each.course.course_id for each in courses]),
            *_within(window),
        )
        .group_by(TimeRequest.id, Material.id)
        .order_by(TimeRequest.id, Material.id)
    ).all()
    known = holder.lessons()
    return tuple(_line(list(parts), known) for _, parts in groupby(rows, key=attrgetter("id")))


def _requests_of(person_id: int) -> CompoundSelect[*tuple[Any, ...]]:
    own = select(TimeRequest.id).where(TimeRequest.person_id == person_id)
    got = select(WatchSlice.request_id).where(
        WatchSlice.person_id == person_id, WatchSlice.request_id.is_not(None)
    )
    return own.union(got)


def _within(window: Window) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if window.first:
        waits = TimeRequest.ruled_at.is_(None)
        found.append(or_(waits, TimeRequest.ruled_at >= day_bounds(window.first)[0]))
    if window.last:
        found.append(TimeRequest.asked_at < day_bounds(window.last)[1])
    return found


def _line(parts: Sequence[Row[*tuple[Any, ...]]], known: Lessons) -> DecisionLine:
    first = parts[0]
    titles = [known.of(each.course_id, each.lesson_key)[1] for each in parts]
    return DecisionLine(
        id=first.id,
        asked=Asked(
            aim=RequestAim(first.aim),
            at=first.asked_at,
            words=first.words,
            ms=total_ms((begin, end) for begin, end in first.spans or ()),
            began_at=_moment(first.wall_from_ms),
            ended_at=_moment(first.wall_to_ms),
        ),
        ruling=RequestRuling(first.ruling) if first.ruling else None,
        reason=first.reason,
        ruled_at=first.ruled_at,
        lessons=tuple(each for place, each in enumerate(titles) if each not in titles[:place]),
        granted_ms=sum(int(each.granted_ms) for each in parts),
    )


def _moment(ms: int | None) -> datetime | None:
    return None if ms is None else ms_to_datetime(ms)
