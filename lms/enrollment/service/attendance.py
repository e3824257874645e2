"""Writes down who was at a session: entries that are only ever added to."""

from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.core.errors import Conflict
from lms.db.bus import emit
from lms.db.session import savepoint
from lms.enrollment import queries
from lms.enrollment.domain import Mark, SessionState
from lms.enrollment.events import Attended, ClassChanged
from lms.enrollment.models import AttendanceEntry, ClassSession, SessionAttendance


def record_attendance(
    session: Session, *, actor_id: int, mark: Mark, attended_ms: int, now: datetime
) -> AttendanceEntry:
    """Add what counts of a person at a session from now on; ``attended_ms`` was trimmed before.

    The caller holds the lock of the person's clock. Raises ``Conflict`` where the person was in
    another room at that time.
    """
    row = session.get_one(ClassSession, mark.class_session_id)
    before = queries.counting_entry(session, class_session_id=row.id, person_id=mark.person_id)
    from_at, until_at = mark.period or (None, None)
    entry = AttendanceEntry(
        class_session_id=row.id,
        person_id=mark.person_id,
        number=before.number + 1 if before else 1,
        from_at=from_at,
        until_at=until_at,
        attended_ms=attended_ms,
        status=mark.status,
        source=mark.source,
        reason=mark.reason,
        recorded_by_id=actor_id,
        recorded_at=now,
    )
    _add(session, entry)
    if mark.period and row.state == SessionState.PLANNED:
        row.state = SessionState.HELD
        emit(session, ClassChanged(row.training_class_id, now))
    session.flush()
    emit(session, Attended(mark.person_id, row.id, now))
    return entry


def _add(session: Session, entry: AttendanceEntry) -> None:
    try:
        with savepoint(session):
            session.add(entry)
            session.flush()
            _keep_ready(session, entry)
    except IntegrityError as error:
        if "one_room" not in str(error.orig):
            raise
        raise Conflict(
            "in_another_room",
            "At that time this person was at another session. Nothing was changed.",
        ) from error


def _keep_ready(session: Session, entry: AttendanceEntry) -> None:
    key = (entry.class_session_id, entry.person_id)
    kept = session.get(SessionAttendance, key, populate_existing=True)
    if kept is None:
        kept = SessionAttendance(class_session_id=key[0], person_id=key[1])
        session.add(kept)
    kept.attended_ms, kept.entry_id = entry.attended_ms, entry.id
    kept.from_at, kept.until_at = entry.from_at, entry.until_at
    session.flush()
