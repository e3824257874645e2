"""Reads which years' working days are known, from files and from the desk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.subsidy.domain.calendar_file import read_calendar
from lms.subsidy.domain.workdays import Calendars, WorkCalendar
from lms.subsidy.models import WorkCalendarEntry


@dataclass(frozen=True, slots=True)
class CalendarLine:
    """A year that is known: ``number`` counts what was entered at the desk, 0 is the file."""

    calendar: WorkCalendar
    number: int = 0
    entered_by: str | None = None
    entered_at: datetime | None = None


def calendar_lines(session: Session, files: Iterable[WorkCalendar]) -> Sequence[CalendarLine]:
    """Return what counts for each year, the latest first: the newest entry, else the file."""
    row = WorkCalendarEntry
    found = {each.year: CalendarLine(each) for each in files}
    rows = session.execute(
        select(row.content, row.number, Person.name, row.entered_at)
        .join(Person, Person.id == row.entered_by_id)
        .order_by(row.year, row.number)
    )
    for content, number, name, at in rows:
        calendar = read_calendar(content, "work_calendar")
        found[calendar.year] = CalendarLine(calendar, number, name, at)
    return sorted(found.values(), key=lambda line: line.calendar.year, reverse=True)


def calendars(session: Session, files: Iterable[WorkCalendar]) -> Calendars:
    """Return the years periods are counted by."""
    return Calendars.of(line.calendar for line in calendar_lines(session, files))
