"""The rules of quizzes, by example and by property."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.assessment.domain import (
    GRACE,
    TRANSITIONS,
    AnswerKey,
    AttemptState,
    Drawable,
    OptionSpec,
    QuestionFault,
    QuestionKind,
    QuestionSpec,
    Tries,
    deadline_of,
    draw,
    fault_of,
    grade,
    is_late,
    keys_of,
    letters_of,
    may_become,
    seconds_left,
)

NOON = datetime(2026, 6, 12, 4, tzinfo=UTC)
KEYS = "abcdefghij"
orders = st.permutations(KEYS).flatmap(
    lambda order: st.integers(2, len(order)).map(lambda count: tuple(order[:count]))
)
pools = st.lists(
    st.tuples(st.integers(1, 10**6), st.integers(2, 10)),
    min_size=1,
    max_size=30,
    unique_by=lambda x: x[0],
).map(lambda rows: [Drawable(number, tuple(KEYS[:count])) for number, count in rows])
seeds = st.integers(0, 2**62 - 1)


# -------------------------------------------------------------------- drawing


@given(pools, st.integers(1, 40), seeds)
def test_a_draw_asks_different_questions_each_with_all_its_options(pool, count, seed):
    drawn = draw(pool, count, seed)
    options = {question.question_id: question.option_keys for question in pool}
    assert len(drawn) == min(count, len(pool))
    assert len({question.question_id for question in drawn}) == len(drawn)
    for question in drawn:
        assert sorted(question.option_order) == sorted(options[question.question_id])


@given(pools, st.integers(1, 40), seeds)
def test_the_same_seed_gives_the_same_draw(pool, count, seed):
    assert draw(pool, count, seed) == draw(pool, count, seed)


def test_seeds_differ_in_questions_and_in_the_order_of_options():
    pool = [Drawable(number, ("a", "b", "c", "d")) for number in range(20)]
    draws = [draw(pool, 5, seed) for seed in range(40)]
    assert len({tuple(q.question_id for q in one) for one in draws}) > 30
    assert {one[0].option_order.index("a") for one in draws} == {0, 1, 2, 3}


# -------------------------------------------------------------------- letters


@given(orders, st.data())
def test_letters_lead_back_to_the_keys_chosen(order, data):
    chosen = data.draw(st.sets(st.sampled_from(order)))
    assert set(keys_of(letters_of(chosen, order), order) or ()) == chosen


@given(orders)
def test_a_letter_past_the_last_option_is_a_stranger(order):
    letters = [letter for letter in "ABCDEFGHIJKZ" if letter not in "ABCDEFGHIJ"[: len(order)]]
    assert all(keys_of([letter], order) is None for letter in letters)
    assert keys_of(["a"], order) is None


# -------------------------------------------------------------------- grading

answer_keys = st.lists(st.sets(st.sampled_from(KEYS[:4]), min_size=1), min_size=1, max_size=12).map(
    lambda sets: [AnswerKey(number, frozenset(one)) for number, one in enumerate(sets)]
)


@given(answer_keys, st.data(), st.integers(1, 100))
def test_a_question_earns_its_point_only_where_exactly_the_right_options_are_chosen(
    keys, data, pass_percent
):
    answers = data.draw(
        st.dictionaries(st.integers(-2, 14), st.sets(st.sampled_from(KEYS[:4])), max_size=14)
    )
    result = grade(keys, answers, pass_percent)
    right = sum(answers.get(key.question_id, set()) == key.correct for key in keys)
    assert (result.points, result.max_points) == (right, len(keys))
    assert result.percent <= 100 * right / len(keys) < result.percent + 1
    assert result.passed == (100 * right >= pass_percent * len(keys))


@given(answer_keys, st.integers(1, 100))
def test_nothing_answered_earns_nothing_and_all_right_earns_all(keys, pass_percent):
    nothing = grade(keys, {}, pass_percent)
    assert (nothing.points, nothing.percent, nothing.passed) == (0, 0, False)
    whole = grade(keys, {key.question_id: key.correct for key in keys}, pass_percent)
    assert (whole.points, whole.percent, whole.passed) == (len(keys), 100, True)


@pytest.mark.parametrize(
    ("chosen", "points"),
    [("ac", 1), ("a", 0), ("abc", 0), ("b", 0), ("", 0)],
    ids=["both", "one of two", "one too many", "wrong", "none"],
)
def test_several_right_options_count_together_or_not_at_all(chosen, points):
    assert grade([AnswerKey(1, frozenset("ac"))], {1: chosen}, 60).points == points


def test_percent_is_rounded_down_so_two_of_three_do_not_reach_67():
    keys = [AnswerKey(number, frozenset("a")) for number in range(3)]
    result = grade(keys, {0: "a", 1: "a"}, 67)
    assert (result.percent, result.passed) == (66, False)
    assert grade(keys, {0: "a", 1: "a"}, 66).passed


def test_an_attempt_without_questions_cannot_be_graded():
    with pytest.raises(ValueError, match="without questions"):
        grade([], {}, 60)


# ----------------------------------------------------------------------- time


def test_without_a_limit_nothing_is_ever_late():
    assert deadline_of(NOON, None) is None
    assert not is_late(None, NOON + timedelta(days=365))
    assert seconds_left(None, NOON) is None


@pytest.mark.parametrize(
    ("after", "late"),
    [(timedelta(0), False), (GRACE, False), (GRACE + timedelta(milliseconds=1), True)],
)
def test_what_is_on_its_way_at_the_deadline_still_counts(after, late):
    deadline = deadline_of(NOON, 600)
    assert deadline == NOON + timedelta(minutes=10)
    assert is_late(deadline, deadline + after) is late


def test_the_time_left_never_runs_below_zero():
    deadline = NOON + timedelta(seconds=90)
    assert seconds_left(deadline, NOON) == 90
    assert seconds_left(deadline, NOON + timedelta(seconds=89.5)) == 0
    assert seconds_left(deadline, NOON + timedelta(hours=1)) == 0


# ---------------------------------------------------------------------- tries


@given(st.integers(1, 20), st.integers(0, 30), st.booleans(), st.booleans())
def test_answers_are_told_only_when_no_try_is_left_to_use_them_in(most, started, is_open, passed):
    tries = Tries(most, started, is_open, passed)
    assert not (tries.tells_answers and (tries.may_start or tries.has_open))
    assert tries.left >= 0


@given(st.integers(0, 30), st.booleans(), st.booleans())
def test_without_a_limit_each_hand_in_tells_and_another_try_is_always_there(
    started, is_open, passed
):
    tries = Tries(None, started, is_open, passed)
    assert tries.left is None
    assert tries.tells_answers
    assert tries.may_start is not is_open


@pytest.mark.parametrize(
    ("tries", "left", "may_start", "tells"),
    [
        (Tries(3, 0), 3, True, False),
        (Tries(3, 2), 1, True, False),
        (Tries(3, 3), 0, False, True),
        (Tries(3, 3, has_open=True), 0, False, False),
        (Tries(3, 1, has_passed=True), 0, False, True),
    ],
    ids=["fresh", "two used", "all used", "the last one open", "passed at once"],
)
def test_tries_left(tries, left, may_start, tells):
    assert (tries.left, tries.may_start, tries.tells_answers) == (left, may_start, tells)


def test_a_closed_attempt_never_opens_again():
    assert set(TRANSITIONS) == set(AttemptState)
    assert may_become(AttemptState.OPEN, AttemptState.SUBMITTED)
    assert may_become(AttemptState.OPEN, AttemptState.EXPIRED)
    for closed in (AttemptState.SUBMITTED, AttemptState.EXPIRED):
        assert not any(may_become(closed, wanted) for wanted in AttemptState)


# ------------------------------------------------------------------ questions


def asked(
    right: str, *, kind=QuestionKind.SINGLE, keys: str = "abc", zh: str = "好"
) -> QuestionSpec:
    options = tuple(OptionSpec(key, {"zh": zh}, key in right) for key in keys)
    return QuestionSpec("q", kind, {"zh": "问？"}, options)


@pytest.mark.parametrize(
    ("question", "fault"),
    [
        (asked("a"), None),
        (asked("ab", kind=QuestionKind.MULTIPLE), None),
        (asked("a", kind=QuestionKind.MULTIPLE), None),
        (asked("a", keys="a"), QuestionFault.TOO_FEW_OPTIONS),
        (asked("a", keys="abcdefghijk"), QuestionFault.TOO_MANY_OPTIONS),
        (asked("a", keys="aab"), QuestionFault.KEY_TWICE),
        (asked(""), QuestionFault.NOT_ONE_CORRECT),
        (asked("ab"), QuestionFault.NOT_ONE_CORRECT),
        (asked("", kind=QuestionKind.MULTIPLE), QuestionFault.NONE_CORRECT),
        (asked("a", zh=" "), QuestionFault.NO_CHINESE),
    ],
    ids=lambda value: value.value if isinstance(value, QuestionFault) else "",
)
def test_a_question_that_cannot_be_asked_is_named(question, fault):
    assert fault_of(question) is fault
