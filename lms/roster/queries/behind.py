"""Reads who is behind, in the order in which they are called: page, call and file by one query.

The work goes with the enrollments of a reach that are not finished: the line of each, the day time
last counted and the class are read by their keys, and nothing is added up.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    CTE,
    ColumnElement,
    Select,
    Subquery,
    and_,
    case,
    func,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.core.clock import day_bounds, local_day
from lms.db.moments import seconds_of
from lms.db.session import now
from lms.enrollment.domain import ClassState, SessionState
from lms.enrollment.models import ClassSession, Enrollment, SessionAttendance, TrainingClass
from lms.progress.models import CourseTime
from lms.roster.domain.behind import NEVER, Standing, last_days
from lms.roster.domain.behind_words import why
from lms.roster.domain.filters import Filters, Reason, Status
from lms.roster.models import RosterCell, RosterLine
from lms.roster.queries.adding import add_columns
from lms.roster.queries.enrolled import CHUNK, Columns, chunks, names_of, statement_of
from lms.roster.queries.known import Known
from lms.roster.queries.selecting import Selection, conditions

_DAY_SECONDS = 86_400
_EPOCH = date(1970, 1, 1).toordinal()
# What a reason is made of, by the columns of a list.
_NEEDED = ("course_id", "class_id", "hours_online_verified", "offline")
_OWN = ("enrolled", "studied", "ends_on")


@dataclass(frozen=True, slots=True)
class Called:
    """Whom a call list is about, and on which day."""

    selection: Selection
    today: date

    @property
    def filters(self) -> Filters:
        """Return the filters; whoever finished or left is on no call list."""
        return replace(self.selection.filters, status=Status.ACTIVE)


def today_of(session: Session) -> date:
    """Return the day on which a list is made."""
    return local_day(now(session))


def behind(session: Session, called: Called) -> CTE:
    """Return the enrollments that are behind, with what tells when it is their turn.

    ``enrolled``, ``studied`` (nothing: none counted), ``since`` and ``due`` are days' ordinals.
    """
    is_sqlite = session.get_bind().dialect.name == "sqlite"
    latest = func.max if is_sqlite else func.greatest
    # Each line's days are found once, however often they are asked about.
    lines = _unfinished(called, latest).cte("unfinished").prefix_with("MATERIALIZED")
    since = latest(lines.c.enrolled, lines.c.studied)
    quiet, soon = last_days(called.today)
    due = case((lines.c.ends_on <= soon, _ordinal(lines.c.ends_on)), else_=NEVER)
    said: dict[Reason, ColumnElement[bool]] = {
        Reason.OVER: lines.c.ends_on < called.today,
        Reason.ENDING: lines.c.ends_on.between(called.today, soon),
        Reason.SILENT: since <= quiet.toordinal(),
    }
    wanted = called.filters.reason
    return (
        select(
            *(lines.c.id, lines.c.enrolled, lines.c.studied, lines.c.ends_on),
            *(since.label("since"), due.label("due")),
        )
        .where(said[wanted] if wanted else or_(*said.values()))
        .cte("behind")
    )


def chosen_behind(session: Session, selection: Selection) -> Select[int]:
    """Return the enrollments of the list as of today."""
    return select(behind(session, Called(selection, today_of(session))).c.id)


def in_turn(listed: CTE | Subquery) -> tuple[ColumnElement[Any], ...]:
    """Return the order of the list: it is total."""
    return (listed.c.due, listed.c.since, listed.c.id)


def called_rows(
    session: Session, selection: Selection, keys: Collection[str], chunk: int = CHUNK
) -> Iterator[Columns]:
    """Yield what the columns named are made of, who is to be called first at the head.

    ``subject`` and ``person`` are the ids of the enrollments and their people.
    """
    called, known = Called(selection, today_of(session)), Known(session)
    listed, names = behind(session, called), names_of({*keys, *_NEEDED})
    wanted = (
        statement_of(names)
        .add_columns(*(listed.c[name] for name in _OWN))
        .join(listed, listed.c.id == Enrollment.id)
        .order_by(*in_turn(listed))
    )
    for columns in chunks(session, wanted, ("subject", "person", *names, *_OWN), chunk):
        add_columns(known, columns, keys)
        found = _standings(known, columns)
        columns["last_studied"] = [each.studied_on for each in found]
        columns["note"] = [why(each, called.today) for each in found]
        yield columns


def _standings(known: Known, columns: Columns) -> list[Standing]:
    courses = known.courses(columns["course_id"])
    classes = known.classes(columns["class_id"])
    read = zip(*(columns[name] for name in (*_OWN, *_NEEDED)), strict=True)
    return [
        standing(
            *(enrolled, studied, ends_on),
            *(online_ms, courses[course].online_ms),
            *(room_ms, classes[run].theory_ms + classes[run].practice_ms),
        )
        for enrolled, studied, ends_on, course, run, online_ms, room_ms in read
    ]


def standing(enrolled: int, studied: int, ends_on: date | None, *amounts: int) -> Standing:
    """Return how far somebody is, from what was read: days as ordinals, then milliseconds."""
    studied_on = date.fromordinal(studied) if studied else None
    return Standing(date.fromordinal(enrolled), studied_on, ends_on, *amounts)


def _unfinished(called: Called, latest: Any) -> Select[*tuple[Any, ...]]:  # noqa: ANN401 (a function of SQL)
    """Return what is not finished; who closed the account or sits in a class of old is let be."""
    online = func.coalesce(CourseTime.last_day, 0)
    room = func.coalesce(_room().scalar_subquery(), 0)
    begins = int(day_bounds(called.today)[0].timestamp())
    ahead = (called.today.toordinal() - _EPOCH) * _DAY_SECONDS - begins
    enrolled = (seconds_of(RosterLine.enrolled_at) + ahead) // _DAY_SECONDS + _EPOCH
    own = and_(
        CourseTime.person_id == RosterLine.person_id, CourseTime.course_id == RosterCell.course_id
    )
    return (
        select(
            *(RosterLine.enrollment_id.label("id"), enrolled.label("enrolled")),
            *(latest(online, room).label("studied"), TrainingClass.ends_on),
        )
        .join(RosterCell, RosterCell.id == RosterLine.cell_id)
        .outerjoin(CourseTime, own)
        .outerjoin(TrainingClass, TrainingClass.id == RosterLine.training_class_id)
        .where(
            *conditions(replace(called.selection, filters=called.filters)),
            RosterLine.person_id.not_in(_gone()),
            func.coalesce(TrainingClass.state, "") != ClassState.ARCHIVED,
        )
    )


def _gone() -> Select[int]:
    """Return who closed the account; an index has them, so that nobody else is looked at."""
    closed = select(Person.id).where(Person.closed_at.is_not(None), Person.erased_at.is_(None))
    erased = select(Person.id).where(Person.erased_at.is_not(None))
    return select(union_all(closed, erased).subquery().c.id)


def _room() -> Select[int]:
    """Return the newest day on which a line's person sat in their class."""
    return (
        select(_ordinal(func.max(ClassSession.held_on)))
        .join(SessionAttendance, SessionAttendance.class_session_id == ClassSession.id)
        .where(
            ClassSession.training_class_id == RosterLine.training_class_id,
            ClassSession.state != SessionState.CANCELLED,
            SessionAttendance.person_id == RosterLine.person_id,
            SessionAttendance.attended_ms > 0,
        )
        .correlate(RosterLine)
    )


def _ordinal(day: ColumnElement[Any]) -> ColumnElement[int]:
    return seconds_of(day) // _DAY_SECONDS + _EPOCH
