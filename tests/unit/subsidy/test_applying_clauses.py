"""Certificate, earlier subsidies, caps and the window, with everything that can be missing."""

from datetime import date

import pytest

from lms.subsidy.domain.applying import months_later
from lms.subsidy.domain.engine import decide
from lms.subsidy.domain.results import Verdict
from tests.unit.subsidy.conftest import POLICIES, facts, found, verdict


@pytest.mark.parametrize(
    ("own", "code"),
    [
        ({"status": "revoked"}, "not_issued"),
        ({"type": "school_diploma"}, "wrong_type"),
        ({"occupation": "4-02"}, "other_occupation"),
        ({"work_type": "切面"}, "other_work_type"),
        ({"level": 4}, "other_level"),
        ({"registry_verified": False}, "not_in_registry"),
        ({"registry_verified": None, "level": 4}, "other_level"),  # a no settles it
    ],
)
def test_a_certificate_that_does_not_fit_fails_with_its_reason(own, code):
    result = found("CERT", certificate=own)
    assert (result.verdict.value, result.code) == ("fail", code)


@pytest.mark.parametrize(
    "own",
    [
        None,
        {"registry_verified": None},
        {"status": None},
        {"type": None},
        {"occupation": None},
        {"work_type": None},
        {"level": None},
    ],
)
def test_a_certificate_with_something_missing_is_unknown(own):
    assert verdict("CERT", certificate=own) == "unknown"


def past(**own):
    whole = {"kind": "training", "occupation": "4-01", "work_type": "拉面", "level": 5}
    return {**whole, "status": "paid", "paid_to": "person", "date": "2025-02-01", **own}


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (past(), "fail"),
        (past(kind="skill_upgrade"), "fail"),
        (past(status="pending"), "fail"),
        (past(level=4), "fail"),  # a higher level before
        (past(level=1), "fail"),
        (past(paid_to="institution"), "fail"),
        (past(status="rejected"), "pass"),
        (past(status="revoked"), "pass"),
        (past(kind="living"), "pass"),
        (past(kind="assessment"), "pass"),
        (past(work_type="切面"), "pass"),
        (past(occupation="4-02"), "pass"),
        (past(level=None), "unknown"),
        (past(status=None), "unknown"),
        (past(kind=None), "unknown"),
        (past(work_type=None), "unknown"),
        (past(work_type=None, occupation="4-02"), "pass"),
        (past(level=None, status="rejected"), "pass"),
    ],
)
def test_the_same_thing_is_paid_once(entry, said):
    assert verdict("ONCE", history=[entry]) == said


def test_a_lower_level_before_leaves_the_higher_one_open():
    assert verdict("ONCE", history=[past()], programme={"level": 4}) == "pass"


def test_a_hit_outranks_what_is_missing_elsewhere():
    assert verdict("ONCE", history=[past(level=None), past()]) == "fail"


def test_the_key_of_the_policy_decides_what_is_the_same():
    other = facts(history=[past(work_type="切面")], training={"start": "2026-02-02"})
    assert decide(POLICIES[1], other).ids(Verdict.FAIL) == ["ONCE"]


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([], "pass"),
        ([past()], "pass"),
        ([past(), past(date="2025-12-31")], "fail"),
        ([past(), past(date="2024-12-31")], "pass"),
        ([past(), past(date="2026-01-01")], "pass"),
        ([past(), past(paid_to="enterprise", kind="skill_upgrade")], "fail"),
        ([past(), past(status="pending")], "fail"),
        ([past(), past(status="rejected")], "pass"),
        ([past(), past(kind="living")], "pass"),
        ([past(), past(date=None)], "unknown"),
        ([past(date=None)], "pass"),  # even if it counted, one is below two
        ([past(), past(), past(date=None)], "fail"),
        (None, "unknown"),
    ],
)
def test_so_many_in_the_calendar_year_of_applying(history, said):
    assert verdict("CAP_YEAR", history=history) == said


def test_the_year_of_applying_has_to_be_known():
    assert verdict("CAP_YEAR", application={"date": None}) == "unknown"


@pytest.mark.parametrize(
    ("history", "said"),
    [
        ([past(date="2001-01-01")], "pass"),
        ([past(date="2001-01-01"), past(date=None)], "fail"),
        ([past(), past(status=None)], "unknown"),
        ([past(), past(kind="assessment")], "pass"),
        (None, "unknown"),
    ],
)
def test_so_many_in_a_lifetime(history, said):
    assert verdict("CAP_TOTAL", history=history) == said


@pytest.mark.parametrize(
    ("issued", "applied", "said"),
    [
        ("2025-05-31", "2025-05-31", "pass"),
        ("2025-05-31", "2026-05-31", "pass"),
        ("2025-05-31", "2026-06-01", "fail"),
        ("2025-05-31", "2025-05-30", "fail"),
        ("2024-02-29", "2025-02-28", "pass"),
        ("2024-02-29", "2025-03-01", "fail"),
        (None, "2025-06-10", "unknown"),
        ("2025-05-31", None, "unknown"),
        ("9999-12-31", "9999-12-31", "pass"),
    ],
)
def test_the_window_is_calendar_months_with_both_ends_included(issued, applied, said):
    own = {"certificate": {"issue_date": issued}, "application": {"date": applied}}
    assert verdict("WINDOW", **own) == said


def test_without_a_certificate_no_window_runs():
    assert verdict("WINDOW", certificate=None) == "not_applicable"
    assert verdict("WINDOW", certificate=None, application=None) == "not_applicable"


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2025, 1, 31), 1, date(2025, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2025, 8, 31), 6, date(2026, 2, 28)),
        (date(2025, 12, 15), 1, date(2026, 1, 15)),
        (date(2025, 11, 30), 13, date(2026, 12, 30)),
    ],
)
def test_a_shorter_month_gives_its_last_day(day, months, later):
    assert months_later(day, months) == later
