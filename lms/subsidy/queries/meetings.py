"""The parts of a dossier that come from classes: who was there, and what the county lists."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    case,
    func,
    select,
    true,
)
from sqlalchemy.orm import aliased

from lms.catalog.models import CatalogueListing
from lms.db.among import among
from lms.enrollment.domain import SessionState
from lms.enrollment.models import (
    AttendanceEntry,
    ClassSession,
    Enrollment,
    SessionAttendance,
    TrainingClass,
)
from lms.subsidy.domain.assembly import Dossier, Listing, Meeting, Visit, Watched
from lms.subsidy.queries.parts import NOBODY, PEOPLE, UNTIL, part

_REQUIRED = and_(ClassSession.state == SessionState.HELD, ClassSession.required.is_(true()))


def _attended(told: type[SessionAttendance | AttendanceEntry]) -> Select[Any]:
    """Return what people attended, as the ready sums or the entries tell it."""
    return (
        part(
            "attended",
            told.person_id,
            n1=TrainingClass.course_id,
            n2=told.attended_ms,
            n3=case((_REQUIRED, 1), else_=0),
            day=ClassSession.held_on,
        )
        .join(ClassSession, ClassSession.id == told.class_session_id)
        .join(TrainingClass, TrainingClass.id == ClassSession.training_class_id)
        .where(among(told.person_id, PEOPLE), told.attended_ms > 0)
    )


def meetings(taken: ColumnElement[bool]) -> Select[Any]:
    """Return the sessions everybody of the classes had to come to, by enrollment."""
    return (
        part("meeting", Enrollment.person_id, n1=Enrollment.id, day=ClassSession.held_on)
        .join(ClassSession, ClassSession.training_class_id == Enrollment.training_class_id)
        .where(taken, _REQUIRED)
    )


CLASS_PARTS = (
    _attended(SessionAttendance),
    part(
        "listing",
        NOBODY,
        n1=CatalogueListing.programme_id,
        n2=CatalogueListing.institution_id,
        t1=CatalogueListing.county_code,
        day=CatalogueListing.starts_on,
        day2=CatalogueListing.ends_on,
        at1=CatalogueListing.recorded_at,
    ),
)


# As above, by the entries there were at a moment.
_LAST = aliased(AttendanceEntry)
ATTENDED_THEN = _attended(AttendanceEntry).where(
    AttendanceEntry.number
    == select(func.max(_LAST.number))
    .where(
        _LAST.class_session_id == AttendanceEntry.class_session_id,
        _LAST.person_id == AttendanceEntry.person_id,
        _LAST.recorded_at < bindparam(UNTIL),
    )
    .correlate(AttendanceEntry)
    .scalar_subquery()
)


def add_attended(own: Dossier, row: Row[Any]) -> None:
    """Count the time in person like time on line, on the day of the session."""
    own.watched.append(Watched(row.day, row.n1, row.n2, is_in_person=True))
    if row.n3:
        own.visits.append(Visit(row.n1, row.day))


def add_meeting(own: Dossier, row: Row[Any]) -> None:
    """Keep a session everybody had to come to."""
    own.meetings.append(Meeting(row.n1, row.day))


def listings(rows: Iterable[Row[Any]]) -> tuple[Listing, ...]:
    """Return what the counties list."""
    return tuple(Listing(row.t1, row.n1, row.n2, row.day, row.day2, row.at1) for row in rows)
