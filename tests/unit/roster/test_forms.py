"""What is taken from an address or a program, and what is refused with a sentence."""

from datetime import date

import pytest

from lms.core.errors import InvalidInput
from lms.roster.domain.filters import Filters, Status
from lms.roster.forms import MAX_ROWS, parse_filters, parse_order, parse_sent_order, parse_window

ORDER = {"kind": "completions", "format": "xlsx", "purpose": "5 月补贴申报"}


def faults(call: object, *args: object) -> dict[str, str]:
    with pytest.raises(InvalidInput) as refused:
        call(*args)  # type: ignore[operator]  # one of several parsers
    return {key: message.code for key, message in refused.value.fields.items()}


def test_every_filter_key_is_read() -> None:
    query = {
        "course": " live ",
        "institution": "school",
        "county": "330822",
        "town": "白石镇",
        "status": "active",
        "from": "2026-05-01",
        "to": "2026-05-01",
        "q": "林",
        "utm_source": "wechat",
    }
    assert parse_filters(query) == Filters(
        "live",
        "school",
        "330822",
        "白石镇",
        Status.ACTIVE,
        date(2026, 5, 1),
        date(2026, 5, 1),
        "林",
    )


def test_an_empty_address_asks_for_all_who_completed() -> None:
    assert parse_filters({}) == Filters(status=Status.COMPLETED)
    assert parse_filters({"status": "", "from": "", "town": "  "}) == Filters()


def test_what_is_written_is_read_back_the_same() -> None:
    filters = Filters(town="白石镇", status=Status.ALL, first_day=date(2026, 2, 28), q="+1")
    assert parse_filters(filters.as_query()) == filters


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"from": "yesterday"}, {"from": "not_a_day"}),
        ({"to": "2026-02-30"}, {"to": "not_a_day"}),
        ({"from": "0001-01-01"}, {"from": "not_a_day"}),
        ({"to": "9999-12-31"}, {"to": "not_a_day"}),
        ({"from": 20260501.5}, {"from": "not_a_day"}),
        ({"from": "2026-05-02", "to": "2026-05-01"}, {"to": "days_reversed"}),
        ({"status": "deleted"}, {"status": "not_a_choice"}),
        ({"status": ["all"]}, {"status": "not_a_choice"}),
        ({"q": "x" * 61}, {"q": "not_text"}),
        ({"q": "a\x00b"}, {"q": "not_text"}),
        ({"town": {"$ne": ""}}, {"town": "not_text"}),
        ({"class": "2026-3"}, {"class": "not_a_place"}),
        ({"group": "mothers"}, {"group": "not_a_choice"}),
        ({"ids": "1,x"}, {"ids": "not_records"}),
        ({"ids": ",".join(map(str, range(2001)))}, {"ids": "too_many_chosen"}),
    ],
)
def test_filters_that_do_not_fit_are_named(
    query: dict[str, object], expected: dict[str, str]
) -> None:
    assert faults(parse_filters, query) == expected


@pytest.mark.parametrize(
    "value", ["-1", "0", "1.5", "abc", "９", "1e3", "9223372036854775808", "9" * 400, "1 OR 1=1"]
)
def test_a_cursor_that_was_tampered_with_is_refused(value: str) -> None:
    assert faults(parse_window, {"after": value}) == {"after": "not_a_place"}
    assert faults(parse_window, {"before": value}) == {"before": "not_a_place"}


def test_a_page_is_never_longer_than_allowed() -> None:
    assert parse_window({"limit": "5000"}).limit == MAX_ROWS
    assert parse_window({}).limit == 50


def test_an_order_says_in_which_language_and_for_what() -> None:
    order = parse_order({**ORDER, "language": "en"}, {"town": "白石镇"})
    assert (order.language, order.purpose, order.filters.town) == ("en", "5 月补贴申报", "白石镇")
    assert parse_order(ORDER, {}).language == "zh"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"kind": "nonsense"}, {"kind": "not_a_choice"}),
        ({"format": "docx"}, {"format": "not_a_choice"}),
        ({"format": None}, {"format": "not_a_choice"}),
        ({"language": "fr"}, {"language": "not_a_choice"}),
        ({"purpose": "  "}, {"purpose": "required"}),
        ({"purpose": "x" * 201}, {"purpose": "not_text"}),
    ],
)
def test_an_order_that_does_not_fit_is_refused(
    changes: dict[str, object], expected: dict[str, str]
) -> None:
    assert faults(parse_order, {**ORDER, **changes}, {}) == expected


@pytest.mark.parametrize("body", [None, [], "x", 5, {"filters": [1]}, {"filters": "x"}])
def test_a_program_has_to_send_an_object(body: object) -> None:
    assert faults(parse_sent_order, body) == {"body": "not_an_object"}
