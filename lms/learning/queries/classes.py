"""Reads the classes a learner is in or may join, and what they are to sign of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.catalog.outline import CourseView
from lms.catalog.tree import revision_tree
from lms.core.access import Scope, ScopeKind
from lms.core.errors import NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import LIVE, ClassState, SessionKind, SessionState
from lms.enrollment.models import (
    ClassConfirmation,
    ClassObjection,
    ClassSession,
    Enrollment,
    TrainingClass,
)
from lms.enrollment.queries import Attended, Waiting
from lms.enrollment.service import signed
from lms.roster import queries as roster
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.lines import Line

_OVER = frozenset({ClassState.ENDED, ClassState.ARCHIVED})


@dataclass(frozen=True, slots=True)
class OwnClass:
    """A class a learner is in: what comes next, and whether it waits for their signature."""

    enrollment_id: int
    row: TrainingClass
    next_session: ClassSession | None
    may_sign: bool
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Offered:
    """A class somebody may join by its link, and where they stand in its line."""

    row: TrainingClass
    is_full: bool
    place: int | None
    next_session: ClassSession | None


@dataclass(frozen=True, slots=True)
class ClassFile:
    """Everything a learner sees of their class; ``shown`` is what they sign."""

    own: OwnClass
    course: CourseView
    sessions: Sequence[Attended]
    line: Line
    confirmation: ClassConfirmation | None
    objections: Sequence[ClassObjection]

    @property
    def theory_ms(self) -> int:
        """Return what was attended of theory."""
        return self._of(SessionKind.THEORY)

    @property
    def practice_ms(self) -> int:
        """Return what was attended of practice."""
        return self._of(SessionKind.PRACTICE)

    def _of(self, kind: SessionKind) -> int:
        return sum(each.attended_ms for each in self.sessions if each.class_session.kind == kind)

    def shown(self) -> dict[str, Any]:
        """Return it all as it is kept below a signature."""
        row, line = self.own.row, self.line
        return {
            "class": row.title,
            "filing_no": row.filing_no,
            "course": dict(self.course.title),
            "version": self.course.number,
            "institution": dict(self.course.institution),
            "starts_on": row.starts_on.isoformat(),
            "ends_on": _day(row.ends_on),
            "sessions": [_session(each) for each in self.sessions],
            "hours": {
                "theory_ms": self.theory_ms,
                "practice_ms": self.practice_ms,
                "online_ms": line.verified_ms,
            },
            "results": {
                "final_percent": line.final_percent,
                "completed_on": _day(line.completed_on),
            },
        }


def own_class(session: Session, enrollment: Enrollment, *, at: datetime) -> OwnClass | None:
    """Return the class of an enrollment, ``None`` where it has none."""
    if enrollment.training_class_id is None:
        return None
    row = session.get_one(TrainingClass, enrollment.training_class_id)
    following = enrollments.next_session(session, row.id, after=at)
    return OwnClass(
        enrollment.id,
        row,
        following,
        may_sign=row.state in _OVER or (following is None and _was_held(session, row.id)),
        is_signed=signed(session, enrollment.id) is not None,
    )


def own_classes(session: Session, person_id: int, *, at: datetime) -> list[OwnClass]:
    """Return the classes the person is in, newest first."""
    found = (
        own_class(session, each, at=at) for each in enrollments.live_of_person(session, person_id)
    )
    return [each for each in found if each is not None]


def classes_of_course(
    session: Session,
    course_id: int,
    person_id: int | None,
    training_class_id: int | None,
    *,
    at: datetime,
) -> tuple[OwnClass | None, Offered | None]:
    """Return the class in which the person takes a course, and the one they may join.

    The latter is the open class whose link was followed, or the one the person waits for, which
    may have begun.
    """
    if person_id is not None:
        enrollment = enrollments.live(session, person_id=person_id, course_id=course_id)
        own = own_class(session, enrollment, at=at) if enrollment else None
        if own is not None:
            return own, None
    waits = enrollments.waitings(session, person_id) if person_id else []
    return None, _offered(session, course_id, training_class_id, waits, at)


def _offered(
    session: Session,
    course_id: int,
    training_class_id: int | None,
    waits: Sequence[Waiting],
    at: datetime,
) -> Offered | None:
    places = {each.training_class_id: each.place for each in waits}
    for class_id in (training_class_id, *places):
        row = session.get(TrainingClass, class_id) if class_id else None
        if row is None or row.course_id != course_id:
            continue
        if row.state != ClassState.OPEN and row.id not in places:
            continue
        is_full = not enrollments.has_seat(session, row)
        following = enrollments.next_session(session, row.id, after=at)
        return Offered(row, is_full, places.get(row.id), following)
    return None


def class_file(session: Session, *, person_id: int, enrollment_id: int, at: datetime) -> ClassFile:
    """Return what the person sees of their class. Raises ``NotFound`` for anybody else's."""
    enrollment = session.scalar(
        select(Enrollment).where(
            Enrollment.id == enrollment_id,
            Enrollment.person_id == person_id,
            Enrollment.status.in_(LIVE),
        )
    )
    own = own_class(session, enrollment, at=at) if enrollment else None
    if enrollment is None or own is None:
        raise NotFound
    only = (Scope(ScopeKind.CLASS, str(own.row.id)),)
    selection = roster.Selection(only, Filters(status=Status.ALL))
    lines = roster.lines_of(session, selection, [person_id])
    objections = select(ClassObjection).where(ClassObjection.enrollment_id == enrollment_id)
    return ClassFile(
        own,
        revision_tree(session, enrollment.revision_id),
        enrollments.attended_by(session, person_id=person_id, training_class_id=own.row.id),
        next(each for each in lines if each.enrollment_id == enrollment_id),
        signed(session, enrollment_id),
        session.scalars(objections.order_by(ClassObjection.id)).all(),
    )


def _was_held(session: Session, training_class_id: int) -> bool:
    return any(
        each.state != SessionState.CANCELLED
        for each in enrollments.sessions_of(session, training_class_id)
    )


def _session(each: Attended) -> dict[str, Any]:
    row = each.class_session
    return {
        "number": row.number,
        "title": row.title,
        "kind": str(row.kind),
        "held_on": row.held_on.isoformat(),
        "attended_ms": each.attended_ms,
        # Where nobody wrote anything down, that is what is kept: neither came nor stayed away.
        "status": str(each.entry.status) if each.entry else None,
    }


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
