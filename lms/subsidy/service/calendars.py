"""Takes the working days of a year in; a later entry corrects, and nothing is ever rewritten."""

import json
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.db.upsert import insert_once
from lms.subsidy import queries
from lms.subsidy.domain.workdays import WorkCalendar
from lms.subsidy.models import WorkCalendarEntry


def enter_calendar(
    session: Session,
    *,
    actor: Actor,
    calendar: WorkCalendar,
    shown: str,
    files: Iterable[WorkCalendar],
    now: datetime,
) -> None:
    """Take the working days of a year in; ``shown`` is the digest of what counted on the page.

    Raises ``NotFound`` out of reach and ``Conflict`` where something else counts by now or the
    entry says what is known.
    """
    if not queries.may_load(session, actor):
        raise NotFound
    standing = _standing(session, files, calendar.year)
    known = standing.calendar.sha256 if standing else ""
    if known != shown:
        raise _changed()
    if known == calendar.sha256:
        raise Conflict("calendar_known", "This is what is known of the year already.")
    values = {
        "year": calendar.year,
        "number": standing.number + 1 if standing else 1,
        "content": json.loads(calendar.content),
        "sha256": calendar.sha256,
        "entered_by_id": actor.person_id,
        "entered_at": now,
    }
    if not insert_once(session, WorkCalendarEntry, values):
        raise _changed()
    record(
        session,
        actor_id=actor.person_id,
        action="calendar.entered",
        subject=f"work_calendar:{calendar.year}",
        details={"sha256": calendar.sha256, "before": known or None},
        at=now,
    )


def _standing(
    session: Session, files: Iterable[WorkCalendar], year: int
) -> queries.CalendarLine | None:
    lines = queries.calendar_lines(session, files)
    return next((line for line in lines if line.calendar.year == year), None)


def _changed() -> Conflict:
    return Conflict("calendar_changed", "Somebody entered this year meanwhile. Please look again.")
