"""Lists made each month: which month comes next, and on which day its list is due."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

# Every month has it.
LAST_DAY = 28


class ScheduleEnd(StrEnum):
    """Why a schedule ended."""

    OWNER = "owner"
    NO_RIGHT = "no_right"
    OUT_OF_REACH = "out_of_reach"


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar month, and the day on which its list is due."""

    name: str
    first_day: date
    last_day: date
    due_on: date


def next_period(after: str, day_of_month: int) -> Period:
    """Return the month behind ``after`` (``2026-05``); its list is due in the month behind it."""
    first = _month_after(date.fromisoformat(f"{after}-01"))
    following = _month_after(first)
    return Period(
        f"{first:%Y-%m}", first, following - timedelta(days=1), following.replace(day=day_of_month)
    )


def settled_before(today: date, day_of_month: int) -> str:
    """Return the newest month that a schedule of today leaves out: its day has passed already."""
    before = month_before(today)
    return f"{before if day_of_month < today.day else month_before(before):%Y-%m}"


def _month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


def month_before(day: date) -> date:
    """Return the first day of the month before the one the day lies in."""
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)
