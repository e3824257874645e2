"""What a cell holds, what a learner lacks, how filters are written."""

from datetime import UTC, date, datetime

import pytest

from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.lines import Line, Step, lacking, lacking_in_words
from lms.roster.domain.orders import ExportFormat, file_name
from lms.sheets.domain import clean, guarded


def step(lesson: str, item: str, *, required: bool = True) -> Step:
    label = "" if lesson == "FINAL" else lesson
    return Step(lesson, item, label, {"zh": f"{lesson} 课"}, {"zh": f"{item} 项"}, required)


STEPS = (
    step("A01", "video"),
    step("A01", "extra", required=False),
    step("A04", "quiz"),
    step("FINAL", "final"),
)


def line(**changes: object) -> Line:
    values = {
        "enrollment_id": 7,
        "person_id": 3,
        "name": "程建军",
        "phone": "13900002217",
        "county": {"zh": "常山县", "en": "Changshan County"},
        "town": "何家乡",
        "course": {"zh": "主播班"},
        "status": "active",
        "enrolled_at": datetime(2026, 5, 1, 16, 30, tzinfo=UTC),
        "completed_at": None,
        "verified_ms": 45 * 60_000 - 1,
        "final_percent": None,
        "lacking": lacking(STEPS, {("A01", "video")}),
    }
    return Line(**{**values, **changes})


def test_nothing_is_missing_when_every_required_item_is_done() -> None:
    assert lacking(STEPS, {("A01", "video"), ("A04", "quiz"), ("FINAL", "final")}) == ()


def test_an_item_counts_only_under_its_own_lesson() -> None:
    assert [lack.label for lack in lacking(STEPS, {("A04", "video"), ("A01", "quiz")})] == [
        "A01",
        "A04",
        "",
    ]


def test_what_is_missing_reads_as_one_line_and_calls_the_final_test_by_its_title() -> None:
    missing = lacking(STEPS, set())
    assert lacking_in_words(missing, "zh") == "A01 video 项；A04 quiz 项；final 项"
    assert lacking_in_words(missing, "en") == "A01 video 项; A04 quiz 项; final 项"


def test_hours_are_never_rounded_up() -> None:
    assert line().hours == 0.9
    assert line(verified_ms=45 * 60_000).hours == 1.0


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("\t=1+1", "=1+1"),
        ("a\r\nb", "ab"),
        ("\x00\x1f\x7f\x85x", "x"),
        ("\ufffe\uffff", ""),
        ("😀 买买提·艾力", "😀 买买提·艾力"),
    ],
)
def test_characters_no_file_can_hold_are_dropped(raw: str, expected: str) -> None:
    assert clean(raw) == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＋", "－", "＠", " =", "\u3000+"])
def test_csv_quotes_what_a_spreadsheet_would_calculate(start: str) -> None:
    assert guarded(f"{start}1") == f"'{start}1"


@pytest.mark.parametrize("text", ["程建军", "1+1", "", " ", "买买提·艾力", "33080219700101123X"])
def test_csv_leaves_other_texts_alone(text: str) -> None:
    assert guarded(text) == text


def test_filters_are_written_as_the_address_bar_has_them() -> None:
    filters = Filters(
        course="a",
        status=Status.ALL,
        first_day=date(2026, 5, 1),
        last_day=date(2026, 5, 31),
        q="林",
    )
    assert filters.as_query() == {
        "course": "a",
        "status": "all",
        "from": "2026-05-01",
        "to": "2026-05-31",
        "q": "林",
    }
    assert Filters().as_query() == {}


def test_the_saved_file_is_named_by_list_and_day() -> None:
    assert file_name(ExportFormat.XLSX, date(2026, 5, 31), "zh") == "学员结业名单-2026-05-31.xlsx"
    assert file_name(ExportFormat.CSV, date(2026, 5, 31), "en") == (
        "List of course completions-2026-05-31.csv"
    )
