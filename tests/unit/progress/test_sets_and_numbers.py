"""Interval sets, rounding, settings, coverage and hours."""

from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.completion import (
    ItemState,
    coverage,
    credit_hours,
    is_course_complete,
    is_covered,
    is_lesson_complete,
)
from lms.progress.domain.days import Day, split_days
from lms.progress.domain.settings import CountingSettings, OnMiss
from lms.progress.domain.spans import NOTHING, Spans, join_neighbours
from lms.progress.domain.units import (
    datetime_to_ms,
    ms_to_datetime,
    ms_to_seconds,
    seconds_to_ms,
)
from tests.unit.progress.schedules import thorough

PAIRS = st.lists(
    st.tuples(st.integers(0, 200), st.integers(0, 12)).map(lambda pair: (pair[0], sum(pair))),
    max_size=30,
)


def members(spans):
    return {at for begin, end in spans.pairs for at in range(begin, end)}


@thorough
@given(left=PAIRS, right=PAIRS, edges=st.tuples(st.integers(0, 220), st.integers(0, 220)))
def test_interval_sets_do_what_plain_sets_do(left, right, edges):
    one, two = Spans.of(left), Spans.of(right)
    begin, end = sorted(edges)
    assert members(one.union(two)) == members(one) | members(two)
    assert members(one.minus(two)) == members(one) - members(two)
    assert members(one.intersect(two)) == members(one) & members(two)
    assert members(one.clip(begin, end)) == members(one) & set(range(begin, end))
    assert one.size == len(members(one))
    assert bool(one) == bool(members(one))


@thorough
@given(left=PAIRS, right=PAIRS)
def test_every_set_is_kept_sorted_and_merged(left, right):
    one, two = Spans.of(left), Spans.of(right)
    for made in (one, one.union(two), one.minus(two), one.intersect(two), one.clip(7, 31)):
        assert made == Spans.of(made.pairs)
        assert made == Spans.of([at, at + 1] for at in members(made))


@thorough
@given(pairs=PAIRS, edges=st.tuples(st.integers(0, 220), st.integers(0, 220)))
def test_a_stretch_is_cut_at_every_edge_of_the_set_in_order(pairs, edges):
    spans, (begin, end) = Spans.of(pairs), sorted(edges)
    parts = spans.split(begin, end)
    assert [at for left, right, _ in parts for at in range(left, right)] == list(range(begin, end))
    for left, right, is_inside in parts:
        assert all((at in members(spans)) == is_inside for at in range(left, right))
    insides = [is_inside for _, _, is_inside in parts]
    assert all(one != two for one, two in pairwise(insides))


def test_a_set_is_stored_in_milliseconds_and_shown_in_seconds():
    spans = Spans.of([[0, 1_500], [1_500, 2_000], [9_000, 9_001]])
    assert spans.as_lists() == [[0, 2_000], [9_000, 9_001]]
    assert Spans.of(spans.as_lists()) == spans
    assert spans.as_seconds() == [[0, 2], [9, 9.001]]


def test_a_set_has_no_interval_that_ends_before_it_begins():
    with pytest.raises(ValueError, match="5-4"):
        Spans.of([(5, 4)])


def test_neighbours_are_joined_only_in_the_order_played():
    assert join_neighbours([(0, 2), (2, 4), (9, 10), (4, 5)]) == ((0, 4), (9, 10), (4, 5))


@pytest.mark.parametrize(
    ("seconds", "ms"),
    [(15, 15_000), (0.5, 500), (1.0004, 1_000), (1.0005, 1_001), (-0.2, -200), (59.9999, 60_000)],
)
def test_seconds_go_to_the_nearest_millisecond(seconds, ms):
    assert seconds_to_ms(seconds) == ms


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_of_seconds_is_refused(nonsense):
    with pytest.raises(ValueError, match="not a number"):
        seconds_to_ms(nonsense)


def test_whole_seconds_are_shown_without_a_fraction():
    assert [repr(ms_to_seconds(ms)) for ms in (0, 15_000, 500, 1_001)] == [
        "0",
        "15",
        "0.5",
        "1.001",
    ]


def test_moments_go_to_the_nearest_millisecond_whatever_their_zone():
    at = datetime(2026, 3, 1, 8, 0, 0, 1_500, tzinfo=timezone(timedelta(hours=8)))
    assert datetime_to_ms(at) == datetime_to_ms(datetime(2026, 3, 1, tzinfo=UTC)) + 2
    assert ms_to_datetime(datetime_to_ms(at)) == datetime(2026, 3, 1, 0, 0, 0, 2_000, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        datetime_to_ms(datetime(2026, 3, 1))  # noqa: DTZ001 - the fault under test


def test_a_stretch_of_time_is_cut_at_each_midnight():
    def day_of(at):
        return Day(at // 100, at // 100 * 100, (at // 100 + 1) * 100)

    parts = split_days(150, 320, day_of, {2: 7})
    assert [(part.day, part.begins_at, part.ends_at, part.used_ms) for part in parts] == [
        (1, 150, 200, 0),
        (2, 200, 300, 7),
        (3, 300, 320, 0),
    ]
    assert [part.day for part in split_days(200, 200, day_of, {})] == [2]


def test_the_defaults_are_those_of_the_rules():
    settings = CountingSettings()
    assert (settings.beat_ms, settings.gap_cap_ms, settings.slack_ms) == (15_000, 60_000, 2_000)
    assert settings.max_rate == 2
    assert settings.daily_cap_ms == 6 * 3_600_000
    assert settings.on_miss is OnMiss.STOP
    assert settings.answer_within_ms == 60_000
    assert settings.coverage_percent == 90


def test_settings_are_overridden_by_their_plain_names():
    settings = CountingSettings().overridden(
        {"max_rate": 1.1, "gap_cap": 0.5, "on_miss": "rewind", "coverage_percent": 80}
    )
    assert settings.max_rate == Fraction(11, 10)
    assert settings.gap_cap_ms == 500
    assert settings.on_miss is OnMiss.REWIND
    assert settings.coverage_percent == 80
    assert settings.slack_ms == 2_000


@pytest.mark.parametrize(
    "values",
    [
        {"gapcap": 5},
        {"gap_cap": "soon"},
        {"gap_cap": True},
        {"gap_cap": -1},
        {"max_rate": 0},
        {"max_rate": float("nan")},
        {"max_rate": "2"},
        {"on_miss": "shout"},
        {"coverage_percent": 0},
        {"coverage_percent": 101},
        {"coverage_percent": 90.5},
        {"beat_seconds": 0},
        {"prompt_after_least": 700},
    ],
)
def test_settings_that_do_not_fit_are_refused(values):
    with pytest.raises(ValueError, match=r"setting|must|cannot"):
        CountingSettings().overridden(values)


def test_coverage_is_never_shown_higher_than_it_is():
    assert coverage(Spans(((0, 89_999),)), 100_000) == 0.8999
    assert coverage(Spans(((0, 90_000),)), 100_000) == 0.9
    assert coverage(Spans(((0, 200_000),)), 100_000) == 1
    assert coverage(NOTHING, 0) == 0


def test_an_item_is_covered_from_ninety_per_cent_on():
    assert not is_covered(Spans(((0, 89_999),)), 100_000)
    assert is_covered(Spans(((0, 45_000), (50_000, 95_000))), 100_000)
    assert is_covered(Spans(((0, 50_000),)), 100_000, percent=50)


def test_seconds_beyond_a_file_that_became_shorter_cover_nothing():
    assert not is_covered(Spans(((0, 10_000), (50_000, 200_000))), 50_000)


def test_an_item_without_length_is_never_covered():
    assert not is_covered(NOTHING, 0)


@pytest.mark.parametrize(
    ("minutes", "tenths"), [(0, 0), (4.499, 0), (4.5, 1), (44.999, 9), (45, 10), (359.999, 79)]
)
def test_hours_are_never_rounded_up(minutes, tenths):
    assert credit_hours(int(minutes * 60_000)) == tenths


REQUIRED = ItemState(is_required=True, is_complete=False)
DONE = ItemState(is_required=True, is_complete=True)
EXTRA = ItemState(is_required=False, is_complete=False)
EXTRA_DONE = ItemState(is_required=False, is_complete=True)


def test_a_lesson_is_complete_when_each_required_item_is():
    assert is_lesson_complete([DONE, EXTRA])
    assert not is_lesson_complete([DONE, REQUIRED])
    assert not is_lesson_complete([])


def test_a_lesson_of_extras_is_complete_when_all_are():
    assert is_lesson_complete([EXTRA_DONE])
    assert not is_lesson_complete([EXTRA_DONE, EXTRA])


def test_a_course_is_complete_with_its_required_items_and_the_final_test():
    assert is_course_complete([DONE, EXTRA], final_passed=True)
    assert not is_course_complete([DONE], final_passed=False)
    assert not is_course_complete([DONE, REQUIRED], final_passed=True)
    assert not is_course_complete([EXTRA_DONE], final_passed=True)
