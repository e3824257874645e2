"""Which days offices work, year by year as the State Council says, and periods counted in them."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from lms.core.errors import Conflict
from lms.subsidy.domain.policy_file import canonical

_DAY = timedelta(days=1)
_SATURDAY = 5


class MissingYear(Conflict):
    """The working days of a year are not known; nobody guesses them."""

    def __init__(self, year: int) -> None:
        super().__init__(
            "calendar_missing",
            "The working days of %(year)s are not entered yet; they are published each November "
            "for the next year. Enter them under “Working days”, then try again.",
            year=year,
        )
        self.year = year


@dataclass(frozen=True, slots=True)
class Holiday:
    """Days off in a row, both ends included."""

    name: str
    first: date
    last: date

    def covers(self, day: date) -> bool:
        """Tell whether the day is one of them."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """A year as its notice arranges it: days off, and Saturdays and Sundays that are worked."""

    year: int
    title: str
    dated: date
    holidays: tuple[Holiday, ...]
    workdays: tuple[date, ...]

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on a day of the year."""
        if any(holiday.covers(day) for holiday in self.holidays):
            return False
        return day.weekday() < _SATURDAY or day in self.workdays

    @property
    def days(self) -> Iterator[date]:
        """Yield every day of the year."""
        day = date(self.year, 1, 1)
        while day.year == self.year:
            yield day
            day += _DAY

    @property
    def working_days(self) -> int:
        """Return how many days of the year are worked."""
        return sum(self.is_working(day) for day in self.days)

    @property
    def content(self) -> str:
        """Return all it says as one text, the same whatever layout a file has."""
        return canonical(
            {
                "year": self.year,
                "source": {"title": self.title, "dated": self.dated},
                "holidays": [
                    {"name": each.name, "from": each.first, "to": each.last}
                    for each in self.holidays
                ],
                "workdays": self.workdays,
            }
        )

    @property
    def sha256(self) -> str:
        """Return the digest of the content."""
        return hashlib.sha256(self.content.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Calendars:
    """The years that are known."""

    by_year: Mapping[int, WorkCalendar]

    @classmethod
    def of(cls, calendars: Iterable[WorkCalendar]) -> "Calendars":
        """Return them by year; of two for the same year the later one counts."""
        return cls({each.year: each for each in calendars})

    def is_working(self, day: date) -> bool:
        """Tell whether offices work on the day. Raises ``MissingYear``."""
        calendar = self.by_year.get(day.year)
        if calendar is None:
            raise MissingYear(day.year)
        return calendar.is_working(day)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from the first to the last, both included."""

    first: date
    last: date


def working_days_from(calendars: Calendars, first: date, count: int) -> date:
    """Return the last of ``count`` working days, the first of which is on or after ``first``.

    Raises ``MissingYear`` where the days run into a year that is not known.
    """
    if count < 1:
        raise ValueError("at least one working day")
    day, left = first, count
    while True:
        left -= calendars.is_working(day)
        if not left:
            return day
        day += _DAY


def period_after(calendars: Calendars, published_on: date, count: int) -> Period:
    """Return the period of ``count`` working days of something published on a day.

    The day of publishing does not count, at whatever hour it was (Civil Code, art. 201): the period
    is the working days after it and ends with the last of them, at midnight. Raises
    ``MissingYear``.
    """
    first = working_days_from(calendars, published_on + _DAY, 1)
    return Period(first, working_days_from(calendars, first, count))


@dataclass(frozen=True, slots=True)
class DayChanges:
    """What another calendar of the year does to its days."""

    become_off: tuple[Period, ...]
    become_working: tuple[Period, ...]

    @property
    def is_empty(self) -> bool:
        """Tell whether every day stays what it was."""
        return not self.become_off and not self.become_working


def day_changes(before: WorkCalendar | None, after: WorkCalendar) -> DayChanges:
    """Return the days that change, against the plain week where nothing was known."""
    known = before or WorkCalendar(after.year, "", after.dated, (), ())
    changed = [day for day in after.days if known.is_working(day) != after.is_working(day)]
    return DayChanges(
        _in_rows(day for day in changed if not after.is_working(day)),
        _in_rows(day for day in changed if after.is_working(day)),
    )


def _in_rows(days: Iterable[date]) -> tuple[Period, ...]:
    rows: list[Period] = []
    for day in days:
        if rows and rows[-1].last + _DAY == day:
            rows[-1] = Period(rows[-1].first, day)
        else:
            rows.append(Period(day, day))
    return tuple(rows)
