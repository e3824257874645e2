"""Periods in working days: what the notices of two years come to, and the laws any year keeps."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.subsidy.domain.workdays import (
    Calendars,
    Holiday,
    MissingYear,
    Period,
    WorkCalendar,
    day_changes,
    period_after,
    working_days_from,
)
from lms.subsidy.gateway.calendars import calendar_files

KNOWN = Calendars.of(calendar_files())
DAY = timedelta(days=1)


def made(year: int, off: set[int], on: set[int]) -> WorkCalendar:
    """Return a year in which the days counted from New Year are off, or worked."""
    first = date(year, 1, 1)
    holidays = tuple(Holiday("x", first + n * DAY, first + n * DAY) for n in sorted(off))
    return WorkCalendar(year, "t", first, holidays, tuple(first + n * DAY for n in sorted(on)))


PLACES = st.sets(st.integers(0, 364), max_size=60)
YEARS = st.builds(
    lambda one, two: Calendars.of([made(2029, *one), made(2030, *two)]),
    st.tuples(PLACES, PLACES),
    st.tuples(PLACES, PLACES),
)
FIRST = st.dates(date(2029, 1, 1), date(2030, 3, 1))
COUNT = st.integers(1, 30)


@pytest.mark.parametrize(
    ("published", "first", "last"),
    [
        # A Monday: the day itself does not count, whatever the hour.
        (date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 9)),
        # A Friday before a Saturday that is worked, then Spring Festival, then another such one.
        (date(2026, 2, 13), date(2026, 2, 14), date(2026, 2, 27)),
        (date(2026, 2, 24), date(2026, 2, 25), date(2026, 3, 2)),
        # During the holiday of October, and a Saturday that is worked after it.
        (date(2026, 10, 3), date(2026, 10, 8), date(2026, 10, 13)),
        # Over New Year, with its Sunday that is worked.
        (date(2025, 12, 30), date(2025, 12, 31), date(2026, 1, 7)),
    ],
)
def test_five_working_days_begin_after_the_day_of_publishing(
    published: date, first: date, last: date
) -> None:
    assert period_after(KNOWN, published, 5) == Period(first, last)


def test_the_years_have_as_many_working_days_as_offices_count() -> None:
    assert {year: each.working_days for year, each in KNOWN.by_year.items()} == {
        2025: 248,
        2026: 248,
    }


def test_a_year_that_is_not_known_is_said_and_never_guessed() -> None:
    assert period_after(KNOWN, date(2026, 12, 24), 5).last == date(2026, 12, 31)
    with pytest.raises(MissingYear) as caught:
        period_after(KNOWN, date(2026, 12, 25), 5)
    assert caught.value.year == 2027
    assert str(caught.value.message).startswith("The working days of 2027 are not entered yet")


@given(YEARS, FIRST, COUNT)
def test_so_many_working_days_lie_inside_and_the_last_day_is_one(
    calendars: Calendars, first: date, count: int
) -> None:
    last = working_days_from(calendars, first, count)
    inside = [first + n * DAY for n in range((last - first).days + 1)]
    # A naive walk through the days themselves, not through the code under test.
    worked = [
        day
        for day in inside
        if not any(each.first == day for each in calendars.by_year[day.year].holidays)
        and (day.isoweekday() <= 5 or day in calendars.by_year[day.year].workdays)
    ]
    assert len(worked) == count
    assert worked[-1] == last


@given(YEARS, FIRST, COUNT, st.integers(0, 40))
def test_publishing_later_or_longer_never_ends_sooner(
    calendars: Calendars, first: date, count: int, later: int
) -> None:
    last = working_days_from(calendars, first, count)
    assert working_days_from(calendars, first + later * DAY, count) >= last
    assert working_days_from(calendars, first, count + 1) > last


def test_what_a_correction_does_is_told_in_rows_of_days() -> None:
    before, after = made(2029, {10, 11}, set()), made(2029, {11, 12, 15}, {5})
    assert date(2029, 1, 6).isoweekday() == 6
    changes = day_changes(before, after)
    assert changes.become_working == (
        Period(date(2029, 1, 6), date(2029, 1, 6)),
        Period(date(2029, 1, 11), date(2029, 1, 11)),
    )
    assert changes.become_off == (Period(date(2029, 1, 16), date(2029, 1, 16)),)
    assert day_changes(after, after).is_empty
