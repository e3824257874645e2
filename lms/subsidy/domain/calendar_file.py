"""Read a year's working days, parsed from YAML already; say what cannot be so."""

from collections.abc import Callable
from datetime import date, timedelta
from itertools import combinations

from lms.core.errors import Message
from lms.subsidy.domain import reading
from lms.subsidy.domain.reading import MalformedError, Where, at, key
from lms.subsidy.domain.workdays import Holiday, WorkCalendar

YEARS = range(2000, 2101)
MOST_TITLE, MOST_NAME = 120, 20
_SATURDAY = 5
_LONGEST = timedelta(days=31)
WORKDAYS, HOLIDAYS = "workdays", "holidays"
# What is wrong, by where it stands: the place of a holiday counted from 0, or a field.
Faults = dict[int | str, Message]


def read_calendar(data: object, where: Where) -> WorkCalendar:
    """Return the working days of a year. Raises ``MalformedError`` for the first fault."""
    top = reading.fields(data, where, needed=("year", "source", "holidays", "workdays"))
    source = reading.fields(top["source"], key(where, "source"), needed=("title", "dated"))
    found = WorkCalendar(
        year=_year(top["year"], key(where, "year")),
        title=reading.text(source["title"], key(where, "title")),
        dated=reading.day(source["dated"], key(where, "dated")),
        holidays=reading.listed(top["holidays"], key(where, HOLIDAYS), _holiday),
        workdays=reading.listed(top["workdays"], key(where, WORKDAYS), reading.day),
    )
    for place, fault in faults_of(found).items():
        if isinstance(place, int):
            entry = Message("entry", "entry %(number)s", {"number": place + 1})
            raise MalformedError(at(key(where, HOLIDAYS), entry), fault)
        raise MalformedError(key(where, place), fault)
    return found


def faults_of(calendar: WorkCalendar) -> Faults:
    """Return what cannot be so in a year, by place."""
    found: Faults = {}
    for place, holiday in enumerate(calendar.holidays):
        fault = _fault_of(holiday, calendar.year)
        if fault is not None:
            found[place] = fault
    for (_, one), (place, other) in combinations(enumerate(calendar.holidays), 2):
        if one.first <= other.last and other.first <= one.last:
            fault = Message(
                "holidays_meet", "These days meet those of %(name)s.", {"name": one.name}
            )
            found.setdefault(place, fault)
    if not calendar.holidays:
        found[HOLIDAYS] = Message("no_holidays", "A year has holidays: enter at least one.")
    for day in calendar.workdays:
        fault = _fault_of_workday(day, calendar)
        if fault is not None:
            found.setdefault(WORKDAYS, fault)
    return found


def _fault_of(holiday: Holiday, year: int) -> Message | None:
    checks: tuple[tuple[bool, Callable[[], Message]], ...] = (
        (holiday.last < holiday.first, lambda: _reversed(holiday)),
        (holiday.first.year != year, lambda: _outside(holiday.first, year)),
        (holiday.last.year != year, lambda: _outside(holiday.last, year)),
        (holiday.last - holiday.first > _LONGEST, lambda: _TOO_LONG),
    )
    return next((fault() for is_so, fault in checks if is_so), None)


def _fault_of_workday(day: date, calendar: WorkCalendar) -> Message | None:
    said = {"day": str(day)}
    if day.year != calendar.year:
        return _outside(day, calendar.year)
    if day.weekday() < _SATURDAY:
        return Message(
            "workday_in_week", "%(day)s is no Saturday or Sunday: it is worked anyway.", said
        )
    if any(holiday.covers(day) for holiday in calendar.holidays):
        return Message(
            "workday_off", "%(day)s cannot be a day off and a working day at once.", said
        )
    if calendar.workdays.count(day) > 1:
        return Message("workday_twice", "%(day)s stands here twice.", said)
    return None


def _outside(day: date, year: int) -> Message:
    """Return that a day belongs to another year, whose own entry names it."""
    return Message(
        "other_year",
        "%(day)s does not lie in %(year)s. Enter it with the days of its own year.",
        {"day": str(day), "year": year},
    )


def _reversed(holiday: Holiday) -> Message:
    days = {"first": str(holiday.first), "last": str(holiday.last)}
    return Message("holiday_reversed", "It ends on %(last)s, before it begins on %(first)s.", days)


_TOO_LONG = Message("holiday_long", "No holiday lasts longer than a month.")


def _year(value: object, where: Where) -> int:
    year = reading.counting(value, where)
    if year not in YEARS:
        said = {"value": year}
        fault = Message("year", "a year like 2026 is expected here, not %(value)s", said)
        raise MalformedError(where, fault)
    return year


def _holiday(value: object, where: Where) -> Holiday:
    found = reading.fields(value, where, needed=("name", "from", "to"))
    return Holiday(
        reading.text(found["name"], key(where, "name")),
        reading.day(found["from"], key(where, "from")),
        reading.day(found["to"], key(where, "to")),
    )
