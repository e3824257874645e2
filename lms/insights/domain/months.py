"""Months as numbers that sort: 202605 is May 2026."""

from datetime import date

_YEAR = 100
_MONTHS = 12
_FIRST_YEAR, _LAST_YEAR = 2000, 2100


def month_of(day: date) -> int:
    """Return the month a day lies in."""
    return day.year * _YEAR + day.month


def is_month(number: int) -> bool:
    """Tell whether a number names a month."""
    return _FIRST_YEAR <= year_of(number) < _LAST_YEAR and 1 <= number % _YEAR <= _MONTHS


def year_of(month: int) -> int:
    """Return the year of a month."""
    return month // _YEAR


def number_of(month: int) -> int:
    """Return which month of its year it is, from 1."""
    return month % _YEAR


def moved(month: int, by: int) -> int:
    """Return the month so many after it; before it where ``by`` is negative."""
    year, rest = divmod(year_of(month) * _MONTHS + month % _YEAR - 1 + by, _MONTHS)
    return year * _YEAR + rest + 1


def distance(first: int, last: int) -> int:
    """Return how many months lie from one to another; negative where the second comes first."""
    return (year_of(last) - year_of(first)) * _MONTHS + last % _YEAR - first % _YEAR


def span(first: int, last: int) -> list[int]:
    """Return the months from one to another, both among them."""
    return [moved(first, step) for step in range(distance(first, last) + 1)]


def last_months(month: int, count: int) -> list[int]:
    """Return so many months, of which the given one is the last."""
    return span(moved(month, 1 - count), month)


def first_day(month: int) -> date:
    """Return the first day of a month."""
    return date(year_of(month), number_of(month), 1)


def written(month: int) -> str:
    """Return a month as the address bar writes it: ``2026-05``."""
    return f"{year_of(month):04d}-{number_of(month):02d}"


def read(text: str) -> int | None:
    """Return the month written like ``2026-05``; ``None`` for what is none."""
    year, dash, number = text.partition("-")
    is_number = year.isascii() and year.isdecimal() and number.isascii() and number.isdecimal()
    if not dash or not is_number or len(year) != len("2026") or len(number) != len("05"):
        return None
    month = int(year) * _YEAR + int(number)
    return month if is_month(month) else None
