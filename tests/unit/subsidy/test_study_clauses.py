"""Catalogue, hours, attendance and quiz: exact, capped by day, never rounded up."""

from datetime import date
from fractions import Fraction

import pytest

from lms.subsidy.domain.facts import StudyDay
from lms.subsidy.domain.study import credited_minutes, tenths
from tests.unit.subsidy.conftest import found, verdict


def days(*minutes, start=1):
    return [{"day": f"2025-03-{start + n:02d}", "minutes": each} for n, each in enumerate(minutes)]


@pytest.mark.parametrize(
    ("studied", "said"),
    [
        (days(300, 150), "pass"),
        (days(300, 149.99), "fail"),
        (days(361, 90), "pass"),  # 360 + 90
        (days(449), "fail"),  # one day alone is cut at 360
        ([{"day": "2025-03-01", "minutes": 300}] * 2, "fail"),  # one day, told in two parts
        (days(360, 45, 45.0), "pass"),
        (days(360, None), "unknown"),
        (days(360, 90, None), "pass"),  # what is missing cannot make it less
        ([{"day": None, "minutes": 300}, *days(300)], "unknown"),
        ([], "fail"),
        (None, "unknown"),
    ],
)
def test_hours_are_counted_by_day_and_never_rounded_up(studied, said):
    assert verdict("HOURS", study={"days": studied}) == said


def test_hours_are_exact_where_binary_numbers_are_not():
    tenths_of_minutes = [{"day": date(2025, 1, 1 + n), "minutes": 0.1} for n in range(30)]
    exact, _ = credited_minutes(
        tuple(StudyDay(each["day"], Fraction("0.1")) for each in tenths_of_minutes), 360
    )
    assert exact == 3
    assert sum(each["minutes"] for each in tenths_of_minutes) != 3


def test_a_programme_without_a_minimum_is_unknown():
    assert verdict("HOURS", programme={"code": "tea-l5"}) == "unknown"
    assert verdict("HOURS", programme={"code": None}) == "unknown"


def test_what_is_short_adds_up_with_what_is_shown():
    result = found("HOURS", study={"days": days(300, 149.99)})
    assert result.params == {"hours": "9.9", "needed": "10", "short": "0.1"}


@pytest.mark.parametrize(
    ("value", "shown"),
    [(Fraction(99, 100), "0.9"), (24, "24"), (Fraction(1, 10), "0.1"), (Fraction(332, 20), "16.6")],
)
def test_numbers_are_cut_to_a_tenth(value, shown):
    assert tenths(value) == shown


@pytest.mark.parametrize(
    ("done", "total", "said"),
    [
        (8, 10, "pass"),
        (7, 9, "fail"),  # 77.8 per cent
        (4, 5, "pass"),
        (799_999, 1_000_000, "fail"),
        (0, 10, "fail"),
        (0, 0, "unknown"),
        (None, 10, "unknown"),
        (8, None, "unknown"),
    ],
)
def test_attendance_is_an_exact_share(done, total, said):
    assert verdict("ATTENDANCE", study={"lessons_done": done, "lessons_total": total}) == said


@pytest.mark.parametrize(
    ("attempts", "said", "code"),
    [
        ([60], "pass", "passed"),
        ([59.9], "fail", "too_low"),
        ([59, 58, 60], "pass", "passed"),
        ([59, 58, 57, 100], "fail", "tries_used"),
        ([100, 0, 0], "pass", "passed"),
        ([], "fail", "not_tried"),
        ([50, None], "unknown", "incomplete"),
        ([60, None], "pass", "passed"),
        ([50, 50, 50, None], "fail", "tries_used"),
        (None, "unknown", "missing"),
    ],
)
def test_the_best_of_the_first_attempts_counts(attempts, said, code):
    result = found("QUIZ", quiz={"attempts": attempts})
    assert (result.verdict.value, result.code) == (said, code)


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"training": {"start": "2025-06-30"}}, "pass"),
        ({"training": {"start": "2025-07-01"}}, "fail"),
        ({"training": {"start": "2025-09-01"}}, "pass"),
        ({"training": {"start": "2099-01-01"}}, "pass"),  # open at the end
        ({"programme": {"institution": "QZ-2"}}, "fail"),
        ({"programme": {"code": "tea-l5"}}, "fail"),
        ({"programme": {"institution": None}}, "unknown"),
        ({"programme": None}, "unknown"),
    ],
)
def test_the_catalogue_is_read_on_the_first_day(own, said):
    assert verdict("CATALOGUE", **own) == said
