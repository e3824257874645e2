"""The draw of a spot check: anybody with the seed draws the same again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import InvalidInput
from lms.handover.domain.draws import SpotCheck, draw
from lms.staff.domain import MOST_DRAWN
from lms.staff.forms import parse_spot_check

PEOPLE = st.sets(st.integers(min_value=1, max_value=10**9), max_size=60)
SEEDS = st.text(max_size=20)


def test_a_draw_is_what_it_was_when_it_was_written_down() -> None:
    """A later version of the program must draw the same, or old checks cannot be repeated."""
    assert draw(range(1, 101), "2026-05", 5) == [43, 17, 96, 34, 22]
    assert draw(range(1, 101), "2026-06", 5) != draw(range(1, 101), "2026-05", 5)


@given(people=PEOPLE, seed=SEEDS, count=st.integers(min_value=0, max_value=70))
def test_the_order_of_the_list_changes_nothing(people: set[int], seed: str, count: int) -> None:
    drawn = draw(sorted(people), seed, count)
    assert draw([*sorted(people, reverse=True), *people], seed, count) == drawn
    assert len(drawn) == len(set(drawn)) == min(count, len(people))
    assert set(drawn) <= people


@given(people=PEOPLE, seed=SEEDS, newcomer=st.integers(min_value=1, max_value=10**9))
def test_who_joins_later_moves_nobody_else(people: set[int], seed: str, newcomer: int) -> None:
    before = [each for each in draw(people, seed, 5) if each != newcomer]
    after = [each for each in draw({*people, newcomer}, seed, 5) if each != newcomer]
    assert before[: len(after)] == after


def test_everybody_has_the_same_chance() -> None:
    times = dict.fromkeys(range(10), 0)
    for seed in range(2_000):
        for person in draw(range(10), str(seed), 2):
            times[person] += 1
    assert all(320 < count < 480 for count in times.values()), times


def test_an_address_may_name_seed_count_and_the_newest_record() -> None:
    wish = parse_spot_check({"seed": " spring ", "n": "7", "upto": "99"}, "fresh")
    assert wish == SpotCheck("spring", 7, 99)
    assert parse_spot_check({}, "fresh") == SpotCheck("fresh", 10, None)
    assert parse_spot_check({"n": "1000"}, "fresh").count == MOST_DRAWN


@pytest.mark.parametrize("query", [{"n": "many"}, {"seed": "x" * 41}, {"upto": "-2"}])
def test_what_cannot_be_drawn_is_refused(query: dict[str, str]) -> None:
    with pytest.raises(InvalidInput):
        parse_spot_check(query, "fresh")
