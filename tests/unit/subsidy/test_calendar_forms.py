"""What cannot be so in a year of working days is named with its field, or its line in a file."""

import pytest

from lms.core.errors import InvalidInput
from lms.subsidy.domain.calendar_file import read_calendar
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.forms.calendars import fields_of, parse_calendar
from lms.subsidy.gateway.calendars import calendar_files

SENT = {
    "year": "2027",
    "title": "国务院办公厅关于2027年部分节假日安排的通知",
    "dated": "2026-11-05",
    "name1": "元旦",
    "first1": "2027-01-01",
    "last1": "2027-01-03",
    "name2": "春节",
    "workdays": "2027-01-09",
}


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"year": "27"}, "year", "like 2026"),
        ({"title": " "}, "title", "fill this in"),
        ({"dated": "5 November"}, "dated", "like 2026-05-31"),
        ({"first1": "2027-01-04"}, "first1", "ends on 2027-01-03, before it begins on 2027-01-04"),
        ({"first1": "2026-12-31"}, "first1", "2026-12-31 does not lie in 2027"),
        ({"last1": ""}, "last1", "The other day of this row is missing"),
        ({"first2": "2027-01-03", "last2": "2027-01-05"}, "first2", "meet those of 元旦"),
        ({"last1": "2027-03-01", "workdays": ""}, "first1", "longer than a month"),
        ({"name1": ""}, "name1", "fill this in"),
        ({"first1": "", "last1": ""}, "holidays", "at least one"),
        ({"workdays": "2027-01-11"}, "workdays", "2027-01-11 is no Saturday or Sunday"),
        ({"workdays": "2027-01-02"}, "workdays", "2027-01-02 cannot be a day off and"),
        ({"workdays": "2028-01-08"}, "workdays", "2028-01-08 does not lie in 2027"),
        ({"workdays": "2027-01-09，2027-01-09"}, "workdays", "stands here twice"),
        ({"workdays": "9.1."}, "workdays", "“9.1.” is no day like 2026-01-04"),
    ],
)
def test_a_fault_is_said_of_its_field_alone(changed: dict[str, str], field: str, said: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_calendar(SENT | changed)
    assert {name: said in str(fault) for name, fault in caught.value.fields.items()} == {
        field: True
    }


def test_what_the_form_shows_again_is_what_was_known() -> None:
    for calendar in calendar_files():
        assert parse_calendar(fields_of(calendar)) == calendar


def test_a_file_at_fault_is_refused_with_its_place() -> None:
    content = {
        "year": 2027,
        "source": {"title": "通知", "dated": "2026-11-05"},
        "holidays": [{"name": "元旦", "from": "2027-01-01", "to": "2026-12-31"}],
        "workdays": [],
    }
    with pytest.raises(MalformedError, match=r"2027\.yaml, “holidays”, entry 1: It ends on"):
        read_calendar(content, "2027.yaml")
