"""Writes down who was at a session in person, minus what counts on line, under their clock."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import (
    AttendanceSource,
    AttendanceStatus,
    Mark,
    SessionState,
    door_refusal,
    present_from,
)
from lms.enrollment.models import AttendanceEntry, ClassSession
from lms.enrollment.service import record_attendance
from lms.progress.domain.attending import attended_ms
from lms.progress.domain.spans import Pair
from lms.progress.domain.units import datetime_to_ms, ms_to_datetime
from lms.progress.models import WatchSlice
from lms.progress.service.clocks import lock_or_make_clock, write_clock


def arrive(
    session: Session, *, actor: Actor, row: ClassSession, now: datetime
) -> tuple[AttendanceEntry, bool]:
    """Let the actor be present from now on; return the entry and whether it is new.

    Raises ``Conflict`` for somebody of another class, where the door is not open and where the
    actor sits in another room.
    """
    lock_or_make_clock(session, actor.person_id)
    member = enrollments.member(
        session, person_id=actor.person_id, training_class_id=row.training_class_id
    )
    if member is None:
        raise Conflict("other_class", "This session is of a class you are not in.")
    refusal = door_refusal(SessionState(row.state), row.starts_at, row.ends_at, now)
    if refusal is not None:
        raise refusal
    before = enrollments.counting_entry(session, class_session_id=row.id, person_id=actor.person_id)
    if before is not None and before.status == AttendanceStatus.PRESENT:
        return before, False
    period = (present_from(row.starts_at, now), row.ends_at)
    mark = Mark(row.id, actor.person_id, period, AttendanceSource.QR)
    return _write(session, actor.person_id, mark, now), True


def attend(session: Session, *, actor: Actor, mark: Mark, now: datetime) -> AttendanceEntry:
    """Write down what staff say of one person at one session; the newest word counts.

    Raises ``NotFound`` for somebody who neither is in the class nor was written down before,
    ``Conflict`` for a cancelled session and where the person sat in another room.
    """
    lock_or_make_clock(session, mark.person_id)
    row = session.get_one(ClassSession, mark.class_session_id)
    key = {"person_id": mark.person_id}
    member = enrollments.member(session, training_class_id=row.training_class_id, **key)
    before = enrollments.counting_entry(session, class_session_id=row.id, **key)
    if member is None and before is None:
        raise NotFound
    if row.state == SessionState.CANCELLED:
        raise Conflict("session_cancelled", "This session does not take place.")
    if mark.period and now < row.starts_at:
        raise Conflict("not_yet_held", "This session has not begun yet.")
    return _write(session, actor.person_id, mark, now)


def spend_time_in_rooms(session: Session, *, person_id: int) -> None:
    """Let nothing be earned on line before the end of the last session the person was at."""
    until = enrollments.attended_until(session, person_id)
    lock_or_make_clock(session, person_id)
    until_ms = datetime_to_ms(until) if until else 0
    write_clock(session, person_id, attended_until_ms=until_ms)


def _write(session: Session, actor_id: int, mark: Mark, now: datetime) -> AttendanceEntry:
    """Trim the mark by the ledger and write it; the person's clock is locked."""
    if mark.period is None:
        return record_attendance(session, actor_id=actor_id, mark=mark, attended_ms=0, now=now)
    from_ms, until_ms = (datetime_to_ms(each) for each in mark.period)
    period = (ms_to_datetime(from_ms), ms_to_datetime(until_ms))
    counted = _counted(session, mark.person_id, from_ms, until_ms)
    return record_attendance(
        session,
        actor_id=actor_id,
        mark=Mark(mark.class_session_id, mark.person_id, period, mark.source, mark.reason),
        attended_ms=attended_ms(from_ms, until_ms, counted),
        now=now,
    )


def _counted(session: Session, person_id: int, from_ms: int, until_ms: int) -> list[Pair]:
    """Return the wall time that earned on line within the period."""
    rows = session.execute(
        select(WatchSlice.wall_from_ms, WatchSlice.wall_to_ms).where(
            WatchSlice.person_id == person_id,
            WatchSlice.credited_ms + WatchSlice.held_ms > 0,
            WatchSlice.wall_to_ms > from_ms,
            WatchSlice.wall_from_ms < until_ms,
        )
    )
    return [(begin, end) for begin, end in rows if begin is not None and end is not None]
