"""When a closed account is due: counted as the Civil Code counts years, and never a day early."""

import calendar
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.db.owned import owned_tables
from lms.db.schema import load_metadata
from lms.keeping.domain import GONE, LEFT, WORDLESS, kept_since


def last_day(closed_on: date, years: int) -> date:
    """Return the last of the years after a day, as articles 201 and 202 say it."""
    year = closed_on.year + years
    most = calendar.monthrange(year, closed_on.month)[1]
    return date(year, closed_on.month, min(closed_on.day, most))


@given(
    closed_on=st.dates(date(2020, 1, 1), date(2080, 12, 31)),
    years=st.integers(3, 30),
    shift=st.integers(-3, 3),
)
def test_nobody_is_due_before_the_last_day_is_over_and_everybody_after(closed_on, years, shift):
    today = last_day(closed_on, years) + timedelta(days=shift)
    assert (closed_on < kept_since(today, years)) is (shift > 0)


@pytest.mark.parametrize(
    ("closed_on", "kept_on", "due_on"),
    [
        ((2021, 3, 5), (2026, 3, 5), (2026, 3, 6)),
        ((2024, 2, 29), (2029, 2, 28), (2029, 3, 1)),
        ((2023, 2, 28), (2028, 2, 28), (2028, 2, 29)),
        ((2023, 12, 31), (2028, 12, 31), (2029, 1, 1)),
    ],
)
def test_the_days_around_the_last_one(closed_on, kept_on, due_on):
    assert date(*closed_on) >= kept_since(date(*kept_on), 5)
    assert date(*closed_on) < kept_since(date(*due_on), 5)


def test_of_every_table_of_a_person_it_is_said_what_becomes_of_it():
    tables = set(owned_tables(load_metadata())) - {"person"}
    assert tables == GONE | LEFT | set(WORDLESS)
    assert not GONE & LEFT
