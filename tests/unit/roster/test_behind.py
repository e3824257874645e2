"""Who is behind, why, and who is called first; and that it is said in a sentence people say."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.completion import CREDIT_HOUR_MS
from lms.roster.domain.behind import (
    ENDING_DAYS,
    NEVER,
    SILENT_DAYS,
    Standing,
    Turn,
    last_days,
    turn_of,
)
from lms.roster.domain.behind_words import chip, to_say, why
from lms.roster.domain.filters import Reason

TODAY = date(2026, 11, 27)
DAYS = st.dates(TODAY - timedelta(days=400), TODAY)
ENDS = st.none() | st.dates(TODAY - timedelta(days=40), TODAY + timedelta(days=40))


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("enrolled", "studied", "ends", "reasons"),
    [
        (6, None, None, ()),
        (7, None, None, (Reason.SILENT,)),
        (90, 6, None, ()),
        (90, 7, None, (Reason.SILENT,)),
        # What counted in an earlier try of the course is no silence of this one.
        (3, 200, None, ()),
        (3, 1, -14, (Reason.ENDING,)),
        (3, 1, -15, ()),
        (3, 1, 0, (Reason.ENDING,)),
        (3, 1, 1, (Reason.OVER,)),
        (90, 30, 1, (Reason.OVER, Reason.SILENT)),
    ],
)
def test_silence_counts_from_seven_days_and_a_class_from_fourteen_before_its_end(
    enrolled: int, studied: int | None, ends: int | None, reasons: tuple[Reason, ...]
) -> None:
    standing = Standing(
        ago(enrolled),
        None if studied is None else ago(studied),
        None if ends is None else ago(ends),
    )
    assert standing.reasons(TODAY) == reasons


@given(enrolled=DAYS, studied=st.none() | DAYS, ends=ENDS)
def test_who_is_behind_has_a_reason_in_both_languages_and_nobody_else(
    enrolled: date, studied: date | None, ends: date | None
) -> None:
    standing = Standing(enrolled, studied, ends)
    is_behind = bool(standing.reasons(TODAY))
    quiet, soon = last_days(TODAY)
    assert is_behind == (standing.since <= quiet or (ends is not None and ends <= soon))
    for say in (why, to_say, chip):
        assert {bool(words) for words in say(standing, TODAY).values()} == {is_behind}


@given(
    st.lists(st.tuples(DAYS, st.none() | DAYS, ENDS), max_size=8),
)
def test_classes_come_before_silence_and_the_longer_waits_less(
    people: list[tuple[date, date | None, date | None]],
) -> None:
    found = [(Standing(*each), number) for number, each in enumerate(people)]
    ordered = sorted(found, key=lambda pair: _key(turn_of(*pair, TODAY)))
    urgent = [bool({Reason.OVER, Reason.ENDING} & set(each.reasons(TODAY))) for each, _ in ordered]
    assert urgent == sorted(urgent, reverse=True)
    since = [each.since for (each, _), due in zip(ordered, urgent, strict=True) if not due]
    assert since == sorted(since)


def _key(turn: Turn) -> tuple[int, int, int]:
    return turn.due, turn.since, turn.enrollment_id


@given(st.integers(1, NEVER), st.integers(1, NEVER), st.integers(1, 10**17))
def test_a_place_is_what_its_address_says(due: int, since: int, record: int) -> None:
    assert Turn.read(str(Turn(due, since, record))) == Turn(due, since, record)


@pytest.mark.parametrize("written", ["", "1-2", "-1-2-3", "1-2-3-4", "a-b-c", "1" * 9 + "-1-1"])
def test_what_is_no_place_is_none(written: str) -> None:
    assert Turn.read(written) is None


def test_the_sentences_name_the_day_the_days_and_what_is_missing() -> None:
    hour = CREDIT_HOUR_MS
    standing = Standing(ago(60), ago(20), ago(-3), 10 * hour, 12 * hour, 0, 4 * hour)
    assert (standing.hours, standing.needed, standing.missing) == (10.0, 16.0, 6.0)
    assert why(standing, TODAY) == {
        "zh": "班期 2026-11-30 结束，还剩 3 天，已 20 天没有学习，还差 6.0 学时。",
        "en": "The class ends on 2026-11-30, in 3 days, and nothing counted for 20 days; "
        "6.0 credit hours are still missing.",
    }
    assert why(Standing(ago(SILENT_DAYS), None, None), TODAY)["zh"] == "报名 7 天还没开始学。"
    assert chip(Standing(ago(1), None, ago(-ENDING_DAYS)), TODAY)["zh"] == "班期还剩 14 天"
    assert chip(Standing(ago(1), None, TODAY), TODAY)["en"] == "Class ends today"


def test_too_much_on_line_is_no_hour_in_the_room_and_missing_is_never_rounded_down() -> None:
    hour = CREDIT_HOUR_MS
    standing = Standing(ago(60), ago(20), None, 20 * hour, 12 * hour, 4 * hour - 1, 4 * hour)
    assert standing.missing == 0.1
