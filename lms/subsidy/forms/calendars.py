"""Reads a year's working days as the desk sends them, and shows them in the form again."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.subsidy.domain.calendar_file import (
    HOLIDAYS,
    MOST_NAME,
    MOST_TITLE,
    WORKDAYS,
    YEARS,
    faults_of,
)
from lms.subsidy.domain.workdays import Holiday, WorkCalendar

# So many rows the form has; no notice ever named more holidays.
ROWS = 8
# What the notice names each year; a clerk fills in the days.
USUAL = ("元旦", "春节", "清明节", "劳动节", "端午节", "中秋节", "国庆节")
_BETWEEN = re.compile(r"[\s,;，；、]+")
_DIGEST = 64
_LONGEST_DAYS = 600


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the form that says something."""

    number: int
    holiday: Holiday


def parse_calendar(form: Mapping[str, Any]) -> WorkCalendar:
    """Return the year that was entered. Raises ``InvalidInput`` naming each field's fault."""
    faults: Faults = {}
    year = _year(form, faults)
    title = _needed(read_text(form, "title", faults, longest=MOST_TITLE), "title", faults)
    dated = _needed(read_day(form, "dated", faults), "dated", faults)
    rows = [row for number in range(1, ROWS + 1) if (row := _row(form, number, faults))]
    workdays = _days(form, faults)
    if year is not None:
        holidays = tuple(row.holiday for row in rows)
        found = WorkCalendar(year, title or "", dated or date(year, 1, 1), holidays, workdays)
        for place, fault in faults_of(found).items():
            field = f"first{rows[place].number}" if isinstance(place, int) else place
            # A row that could not be read is no reason to say that there is none.
            if place != HOLIDAYS or not faults:
                faults.setdefault(field, fault)
        if not faults:
            return found
    raise InvalidInput(faults)


def parse_shown(form: Mapping[str, Any]) -> str:
    """Return the digest of what counted on the page; empty where nothing was known."""
    return str(form.get("shown", ""))[:_DIGEST]


def parse_year(query: Mapping[str, Any]) -> int | None:
    """Return which year somebody wants to correct."""
    return read_number(query, "year", {})


def fields_of(calendar: WorkCalendar) -> dict[str, str]:
    """Return the fields of the form that say what the calendar says."""
    found = {
        "year": str(calendar.year),
        "title": calendar.title,
        "dated": str(calendar.dated),
        WORKDAYS: "\n".join(map(str, calendar.workdays)),
    }
    for number, holiday in enumerate(calendar.holidays, start=1):
        found |= {
            f"name{number}": holiday.name,
            f"first{number}": str(holiday.first),
            f"last{number}": str(holiday.last),
        }
    return found


def empty_fields(known: Iterable[int], this_year: int) -> dict[str, str]:
    """Return the fields for the next year that is not known, with the usual names."""
    year = max([*known, this_year - 1]) + 1
    names = {f"name{number}": name for number, name in enumerate(USUAL, start=1)}
    return {"year": str(year), **names}


def _year(form: Mapping[str, Any], faults: Faults) -> int | None:
    said = str(form.get("year", "")).strip()
    year = int(said) if re.fullmatch(r"[0-9]{4}", said) else 0
    if year in YEARS:
        return year
    faults["year"] = Message("not_a_year", "Please write the year like 2026.")
    return None


def _needed(value: Any, field: str, faults: Faults) -> Any:  # noqa: ANN401 (what was read)
    if value is None:
        faults.setdefault(field, Message("needed", "Please fill this in."))
    return value


def _row(form: Mapping[str, Any], number: int, faults: Faults) -> _Row | None:
    """Return a row; one with a name alone is empty, for the names stand there already."""
    first_field, last_field = f"first{number}", f"last{number}"
    name = read_text(form, f"name{number}", faults, longest=MOST_NAME)
    first, last = read_day(form, first_field, faults), read_day(form, last_field, faults)
    if {first_field, last_field} & set(faults) or (first is None and last is None):
        return None
    if first is None or last is None:
        missing = first_field if first is None else last_field
        faults[missing] = Message("day_missing", "The other day of this row is missing.")
        return None
    if name is None:
        faults.setdefault(f"name{number}", Message("needed", "Please fill this in."))
        return None
    return _Row(number, Holiday(name, first, last))


def _days(form: Mapping[str, Any], faults: Faults) -> tuple[date, ...]:
    said = read_text(form, WORKDAYS, faults, longest=_LONGEST_DAYS) or ""
    found = []
    for word in filter(None, _BETWEEN.split(said)):
        own: Faults = {}
        day = read_day({WORKDAYS: word}, WORKDAYS, own)
        if day is None:
            faults.setdefault(
                WORKDAYS,
                Message("no_such_workday", "“%(word)s” is no day like 2026-01-04.", {"word": word}),
            )
        else:
            found.append(day)
    return tuple(sorted(found))
