"""Which part of a file an address may ask for."""

from datetime import date

import pytest

from lms.core.errors import InvalidInput, NotFound
from lms.record import forms


def test_a_bare_address_asks_for_the_newest_days() -> None:
    sight = forms.parse_sight({})
    assert (sight.days.limit, sight.days.after) == (forms.PAGE_DAYS, None)
    assert sight.sittings.limit == forms.PAGE_SITTINGS


def test_the_cursor_is_a_day_and_the_limit_has_an_end() -> None:
    sight = forms.parse_sight({"after": "2026-05-18", "limit": "9999"})
    assert (sight.days.after, sight.days.limit) == (date(2026, 5, 18), forms.MOST)


def test_paper_takes_a_period_and_a_course_for_everything_on_it() -> None:
    sight = forms.parse_print({"from": "2026-05-01", "to": "2026-05-31", "course": "stars"})
    window = sight.days
    assert (window.first, window.last) == (date(2026, 5, 1), date(2026, 5, 31))
    assert (window.course, window.limit) == ("stars", forms.PRINT_DAYS)
    assert sight.sittings == window


@pytest.mark.parametrize(
    ("query", "fault"),
    [
        ({"from": "soon"}, "from"),
        ({"from": "2026-06-01", "to": "2026-05-01"}, "to"),
        ({"to": "0001-01-01"}, "to"),
        ({"course": "a\x00b"}, "course"),
        ({"course": "x" * 100}, "course"),
    ],
)
def test_paper_refuses_what_is_no_period(query: dict[str, str], fault: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        forms.parse_print(query)
    assert set(refused.value.fields) == {fault}


@pytest.mark.parametrize("query", [{"after": "7"}, {"limit": "-1"}, {"limit": "x"}])
def test_a_page_refuses_what_is_no_place(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        forms.parse_sight(query)


def test_entries_go_on_after_one_of_them() -> None:
    assert forms.parse_entries({}) == (0, forms.PAGE_ENTRIES)
    assert forms.parse_entries({"after": "12", "limit": "500"}) == (12, forms.MOST)
    with pytest.raises(InvalidInput):
        forms.parse_entries({"after": "9" * 30})


@pytest.mark.parametrize("text", ["", "yesterday", "2026-02-30", "20260518", "2026-05-18x"])
def test_a_day_that_is_none_is_not_found(text: str) -> None:
    with pytest.raises(NotFound):
        forms.parse_day(text)
