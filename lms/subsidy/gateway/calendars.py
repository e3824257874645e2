"""Reads the working days of years from the repository, strictly, once a process."""

from functools import cache
from pathlib import Path

from lms.subsidy.domain.calendar_file import read_calendar
from lms.subsidy.domain.workdays import WorkCalendar
from lms.subsidy.gateway.notation import Loader, loaded

CALENDARS = Path(__file__).parent.with_name("calendars")


@cache
def calendar_files(folder: Path = CALENDARS) -> tuple[WorkCalendar, ...]:
    """Return the years there are files of. Raises ``MalformedError`` for the first fault."""
    return tuple(
        read_calendar(loaded(file.name, file.read_text, Loader), file.name)
        for file in sorted(folder.glob("*.yaml"))
    )
