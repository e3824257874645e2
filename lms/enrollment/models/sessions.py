"""Sessions of a class held in person, and who was there: entries that only ever grow."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.db.ddl import after_create, append_only
from lms.enrollment.domain import AttendanceSource, AttendanceStatus, SessionKind, SessionState

_PERIOD = "(from_at IS NULL) = (until_at IS NULL) AND (from_at IS NULL OR from_at < until_at)"


class ClassSession(Base):
    """One meeting of a class at a place; ``held_on`` is the local day it begins."""

    __tablename__ = "class_session"
    __table_args__ = (
        one_of("kind", SessionKind),
        one_of("state", SessionState),
        CheckConstraint("starts_at < ends_at", name="period"),
        UniqueConstraint("training_class_id", "number"),
        Index("ix_class_session_day", "training_class_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    training_class_id: Mapped[int] = mapped_column(ForeignKey("training_class.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(String(80))
    kind: Mapped[str] = mapped_column(String(10))
    held_on: Mapped[date]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(80))
    state: Mapped[str] = mapped_column(String(10), default=SessionState.PLANNED)
    required: Mapped[bool] = mapped_column(default=True)


class AttendanceEntry(Base):
    """What somebody wrote down of a person at a session; the one with the highest number counts.

    ``attended_ms`` is what counts of ``[from_at, until_at)``: what was studied on line in the
    same time counts there and not here.
    """

    __tablename__ = "attendance_entry"
    __table_args__ = (
        one_of("status", AttendanceStatus),
        one_of("source", AttendanceSource),
        CheckConstraint(_PERIOD, name="period"),
        CheckConstraint("(status = 'present') = (from_at IS NOT NULL)", name="present"),
        CheckConstraint("attended_ms >= 0", name="attended"),
        CheckConstraint("status = 'present' OR attended_ms = 0", name="absent"),
        CheckConstraint("source <> 'correction' OR reason IS NOT NULL", name="reason"),
        UniqueConstraint("class_session_id", "person_id", "number"),
        Index("ix_attendance_entry_person", "person_id", "class_session_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]
    attended_ms: Mapped[int]
    status: Mapped[str] = mapped_column(String(10))
    source: Mapped[str] = mapped_column(String(12))
    reason: Mapped[str | None] = mapped_column(String(200))
    recorded_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    recorded_at: Mapped[datetime]


class SessionAttendance(Base):
    """The entry that counts, kept ready; one person's periods never overlap."""

    __tablename__ = "session_attendance"
    __table_args__ = (
        CheckConstraint(_PERIOD, name="period"),
        Index("ix_session_attendance_person", "person_id", "until_at"),
    )

    class_session_id: Mapped[int] = mapped_column(ForeignKey("class_session.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    attended_ms: Mapped[int]
    entry_id: Mapped[int] = mapped_column(ForeignKey("attendance_entry.id"))
    from_at: Mapped[datetime | None]
    until_at: Mapped[datetime | None]


append_only(cast(Table, AttendanceEntry.__table__))
# Nobody sits in two rooms at once.
_KEPT = cast(Table, SessionAttendance.__table__)
_ELSEWHERE = (
    "EXISTS (SELECT 1 FROM session_attendance WHERE person_id = NEW.person_id "
    "AND class_session_id <> NEW.class_session_id "
    "AND until_at > NEW.from_at AND from_at < NEW.until_at)"
)
for _verb in ("INSERT", "UPDATE"):
    after_create(
        _KEPT,
        sqlite=(
            f"CREATE TRIGGER session_attendance_one_room_{_verb.lower()} BEFORE {_verb} "
            f"ON session_attendance FOR EACH ROW WHEN {_ELSEWHERE} "
            "BEGIN SELECT RAISE(ABORT, 'session_attendance_one_room'); END"
        ),
    )
after_create(
    _KEPT,
    postgresql=(
        "CREATE EXTENSION IF NOT EXISTS btree_gist; "
        "ALTER TABLE session_attendance ADD CONSTRAINT session_attendance_one_room "
        "EXCLUDE USING gist (person_id WITH =, tstzrange(from_at, until_at) WITH &&) "
        "WHERE (from_at IS NOT NULL)"
    ),
)
