"""Demo people: the same for the same seed, and never mistaken for staff."""

from itertools import pairwise

import pytest

from lms.demo.domain import (
    Fate,
    course_of,
    learner,
    learners_needed,
    phone_of,
    right_answers,
    steps_of,
    with_history,
)

MINUTE = 60_000


def test_the_same_seed_makes_the_same_people_and_another_seed_others() -> None:
    people = [learner(number, 1) for number in range(1, 40)]
    assert people == [learner(number, 1) for number in range(1, 40)]
    assert people != [learner(number, 2) for number in range(1, 40)]
    assert {each.county_code for each in people} == {"330822", "330881"}


def test_phones_are_eleven_digits_and_step_over_the_staff() -> None:
    assert phone_of(1) == "13800000001"
    assert phone_of(89_999) == "13800089999"
    assert phone_of(90_000) == "13800100000"
    phones = {phone_of(number) for number in range(89_000, 101_000)}
    assert len(phones) == 12_000
    assert not {f"138000{number}" for number in range(90_000, 100_000)} & phones


@pytest.mark.parametrize(
    ("learners", "expected"), [(0, 0), (1, 0), (2, 0), (3, 1), (20, 18), (30, 27), (1000, 900)]
)
def test_the_last_tenth_and_two_at_least_have_no_history(learners: int, expected: int) -> None:
    assert with_history(learners) == expected


@pytest.mark.parametrize("courses", [1, 3])
@pytest.mark.parametrize("enrollments", [0, 1, 27, 1_000, 999_983])
def test_there_are_learners_enough_for_the_enrollments_and_hardly_more(
    enrollments: int, courses: int
) -> None:
    needed = learners_needed(enrollments, courses)
    assert with_history(needed) * courses >= enrollments
    assert needed <= max(2, enrollments / courses / 0.9 + 4)


def test_items_follow_each_other_and_every_lesson_has_its_day() -> None:
    steps = steps_of([[3 * MINUTE, 4 * MINUTE], [5 * MINUTE], [MINUTE]])
    assert [(step.number, step.day, step.offset_ms) for step in steps] == [
        (1, 0, 0),
        (2, 0, 4 * MINUTE),
        (3, 1, 86_400_000),
        (4, 2, 2 * 86_400_000),
    ]


def test_a_long_course_is_studied_within_a_month_and_never_two_items_at_once() -> None:
    steps = steps_of([[30 * MINUTE] * 4 for _ in range(60)])
    assert steps[-1].day < 25
    assert all(a.offset_ms + a.duration_ms < b.offset_ms for a, b in pairwise(steps))
    # Study in the evening never runs into the next day's.
    assert all(
        step.offset_ms + step.duration_ms - step.day * 86_400_000 < 18_000_000 * 2 for step in steps
    )


def test_about_half_complete_and_the_first_learner_is_in_the_middle() -> None:
    courses = [course_of(number, 0, 13, 4, 1) for number in range(1, 1001)]
    fates = [course.fate for course in courses]
    assert fates.count(Fate.COMPLETED) == 500
    assert fates.count(Fate.WITHDRAWN) == 50
    assert (courses[0].fate, courses[0].done) == (Fate.ACTIVE, 4)
    assert all((c.done == 13) is (c.fate is Fate.COMPLETED) for c in courses)
    assert all(92 <= course.share_percent <= 100 for course in courses)


@pytest.mark.parametrize("luck", range(12))
def test_a_passed_quiz_has_answers_enough_and_never_too_many(luck: int) -> None:
    assert 6 <= right_answers(10, 60, luck) <= 10
    assert right_answers(3, 100, luck) == 3
