"""Reads sessions held in person, and who was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, and_, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.enrollment.domain import LIVE, AttendanceStatus, SessionState
from lms.enrollment.models import (
    AttendanceEntry,
    ClassSession,
    Enrollment,
    SessionAttendance,
    TrainingClass,
)


@dataclass(frozen=True, slots=True)
class Seat:
    """One person of a class at one session, with the entry that counts, if there is one."""

    person: Person
    entry: AttendanceEntry | None

    def is_present(self) -> bool:
        """Tell whether the person was there."""
        return self.entry is not None and self.entry.status == AttendanceStatus.PRESENT

    def is_late(self, starts_at: datetime) -> bool:
        """Tell whether the person came after it began."""
        from_at = self.entry.from_at if self.entry else None
        return from_at is not None and from_at > starts_at


@dataclass(frozen=True, slots=True)
class Attended:
    """One session of a class and what a person attended of it."""

    class_session: ClassSession
    entry: AttendanceEntry | None

    @property
    def attended_ms(self) -> int:
        """Return what counts of it."""
        return self.entry.attended_ms if self.entry else 0


def class_session(session: Session, class_session_id: int) -> ClassSession | None:
    """Return a session of any class."""
    return session.get(ClassSession, class_session_id)


def class_of_session(session: Session, row: ClassSession) -> TrainingClass:
    """Return the class a session belongs to."""
    return session.get_one(TrainingClass, row.training_class_id)


def sessions_of(session: Session, training_class_id: int) -> Sequence[ClassSession]:
    """Return the sessions of a class in the order of time."""
    return session.scalars(
        select(ClassSession)
        .where(ClassSession.training_class_id == training_class_id)
        .order_by(ClassSession.starts_at, ClassSession.id)
    ).all()


def next_session(
    session: Session, training_class_id: int, *, after: datetime
) -> ClassSession | None:
    """Return the session of a class that is on, or the next one."""
    return session.scalar(
        select(ClassSession)
        .where(
            ClassSession.training_class_id == training_class_id,
            ClassSession.state != SessionState.CANCELLED,
            ClassSession.ends_at > after,
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
        .limit(1)
    )


def sessions_with_presence(
    session: Session, training_class_id: int
) -> Sequence[tuple[ClassSession, int]]:
    """Return the sessions of a class in the order of time, with how many were at each."""
    present = (
        select(func.count())
        .where(
            SessionAttendance.class_session_id == ClassSession.id,
            SessionAttendance.from_at.is_not(None),
        )
        .correlate(ClassSession)
        .scalar_subquery()
    )
    rows = session.execute(
        select(ClassSession, present)
        .where(ClassSession.training_class_id == training_class_id)
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return [(row[0], row[1]) for row in rows]


def attended_of_class() -> ScalarSelect[int]:
    """Return what the learner of an enrollment attended of its class, milliseconds."""
    return (
        select(func.coalesce(func.sum(SessionAttendance.attended_ms), 0))
        .join(ClassSession, ClassSession.id == SessionAttendance.class_session_id)
        .where(
            SessionAttendance.person_id == Enrollment.person_id,
            ClassSession.training_class_id == Enrollment.training_class_id,
            ClassSession.state != SessionState.CANCELLED,
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )


def member(session: Session, *, person_id: int, training_class_id: int) -> Enrollment | None:
    """Return the person's live enrollment in the class."""
    return session.scalar(
        select(Enrollment).where(
            Enrollment.person_id == person_id,
            Enrollment.training_class_id == training_class_id,
            Enrollment.status.in_(LIVE),
        )
    )


def counting_entry(
    session: Session, *, class_session_id: int, person_id: int
) -> AttendanceEntry | None:
    """Return the newest entry of a person at a session."""
    return session.scalar(
        select(AttendanceEntry)
        .where(
            AttendanceEntry.class_session_id == class_session_id,
            AttendanceEntry.person_id == person_id,
        )
        .order_by(AttendanceEntry.number.desc())
        .limit(1)
    )


def entries_of(session: Session, class_session_id: int) -> Sequence[tuple[AttendanceEntry, Person]]:
    """Return all that was written down at a session, oldest first, with who wrote it."""
    rows = session.execute(
        select(AttendanceEntry, Person)
        .join(Person, Person.id == AttendanceEntry.recorded_by_id)
        .where(AttendanceEntry.class_session_id == class_session_id)
        .order_by(AttendanceEntry.id)
    )
    return [(row[0], row[1]) for row in rows]


def seats(session: Session, row: ClassSession) -> list[Seat]:
    """Return everybody who is in the class or was at the session, by name."""
    in_class = and_(
        Enrollment.person_id == Person.id,
        Enrollment.training_class_id == row.training_class_id,
        Enrollment.status.in_(LIVE),
    )
    was_there = and_(
        SessionAttendance.person_id == Person.id, SessionAttendance.class_session_id == row.id
    )
    rows = session.execute(
        select(Person, AttendanceEntry)
        .outerjoin(SessionAttendance, was_there)
        .outerjoin(AttendanceEntry, AttendanceEntry.id == SessionAttendance.entry_id)
        .where(
            select(Enrollment.id).where(in_class).exists() | SessionAttendance.entry_id.is_not(None)
        )
        .order_by(Person.name, Person.id)
    )
    return [Seat(each[0], each[1]) for each in rows]


def attended_by(session: Session, *, person_id: int, training_class_id: int) -> list[Attended]:
    """Return the sessions of a class that took place or will, with what the person attended."""
    own = and_(
        SessionAttendance.class_session_id == ClassSession.id,
        SessionAttendance.person_id == person_id,
    )
    rows = session.execute(
        select(ClassSession, AttendanceEntry)
        .outerjoin(SessionAttendance, own)
        .outerjoin(AttendanceEntry, AttendanceEntry.id == SessionAttendance.entry_id)
        .where(
            ClassSession.training_class_id == training_class_id,
            ClassSession.state != SessionState.CANCELLED,
        )
        .order_by(ClassSession.starts_at, ClassSession.id)
    )
    return [Attended(each[0], each[1]) for each in rows]


def attended_until(session: Session, person_id: int) -> datetime | None:
    """Return up to when the person's time is spent in rooms, as far as is known."""
    return session.scalar(
        select(func.max(SessionAttendance.until_at)).where(SessionAttendance.person_id == person_id)
    )
