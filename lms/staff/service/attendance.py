"""Writes down many people of a session in person at once."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.core.access import Actor
from lms.core.errors import InvalidInput, Message, NotFound
from lms.enrollment import queries as enrollments
from lms.enrollment.domain import AttendanceSource, Mark
from lms.enrollment.models import AttendanceEntry, ClassSession
from lms.progress.service import attend
from lms.staff.domain import Marks


@dataclass(frozen=True, slots=True)
class Marked:
    """How many were written down, and how many stood so already."""

    written: int
    unchanged: int


def mark_people(
    session: Session, *, actor: Actor, row: ClassSession, marks: Marks, now: datetime
) -> Marked:
    """Write down who was there; who stood otherwise before is corrected, with the reason.

    Raises ``NotFound`` for anybody who is not of the class, ``InvalidInput`` where a correction
    says no reason, ``Conflict`` as ``attend`` does. All or nothing.
    """
    seats = {each.person.id: each for each in enrollments.seats(session, row)}
    if not seats.keys() >= set(marks.people):
        raise NotFound
    period = None
    if marks.is_present:
        period = (marks.late or row.starts_at, marks.early or row.ends_at)
    changed = [each for each in marks.people if not _stands_so(seats[each].entry, period)]
    for person_id in changed:
        before = seats[person_id].entry
        if before is not None and marks.reason is None:
            fault = Message(
                "reason_missing",
                "Some of them are written down already. Please say why that was wrong.",
            )
            raise InvalidInput({"reason": fault})
        source = AttendanceSource.CORRECTION if before else AttendanceSource.STAFF
        mark = Mark(row.id, person_id, period, source, marks.reason)
        attend(session, actor=actor, mark=mark, now=now)
    return Marked(len(changed), len(marks.people) - len(changed))


def _stands_so(entry: AttendanceEntry | None, period: tuple[datetime, datetime] | None) -> bool:
    if entry is None:
        return False
    stands = (entry.from_at, entry.until_at) if entry.from_at else None
    return stands == period
