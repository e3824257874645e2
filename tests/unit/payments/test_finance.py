"""The days a file of money is about, and what its sums add up to."""

from datetime import date

import pytest

from lms.core.errors import InvalidInput
from lms.payments.domain.finance import Sum, total
from lms.payments.forms import parse_period

TODAY = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ({}, date(2026, 11, 1), TODAY),
        ({"from": "2026-10-05"}, date(2026, 10, 5), TODAY),
        ({"to": "2026-03-15"}, date(2026, 3, 1), date(2026, 3, 15)),
        ({"from": "2024-01-01", "to": "2024-12-31"}, date(2024, 1, 1), date(2024, 12, 31)),
        ({"from": "2026-11-27", "to": "2026-11-27"}, TODAY, TODAY),
        ({"from": "", "to": ""}, date(2026, 11, 1), TODAY),
    ],
)
def test_the_days_are_those_asked_for_or_this_month(
    query: dict[str, str], first: date, last: date
) -> None:
    period = parse_period(query, TODAY)
    assert (period.first, period.last) == (first, last)


@pytest.mark.parametrize(
    ("query", "name", "code"),
    [
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to", "period_turned"),
        ({"from": "2025-11-26", "to": "2026-11-27"}, "to", "period_long"),
        ({"from": "2026-13-01"}, "from", "not_a_day"),
        ({"to": "tomorrow"}, "to", "not_a_day"),
    ],
)
def test_days_that_are_none_are_named(query: dict[str, str], name: str, code: str) -> None:
    with pytest.raises(InvalidInput) as told:
        parse_period(query, TODAY)
    assert {key: each.code for key, each in told.value.fields.items()} == {name: code}


def test_the_ways_of_paying_add_up() -> None:
    both = total([Sum("office", "cash", 2_900, 0, 1), Sum("stripe", None, 5_801, 900, 3)])
    assert (both.in_fen, both.out_fen, both.net_fen, both.facts) == (8_701, 900, 7_801, 4)
    assert total([]) == Sum("", None, 0, 0, 0)
