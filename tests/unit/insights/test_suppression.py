"""Nobody finds a hidden count, not even who knows the rule and all that is shown."""

from collections import defaultdict
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from lms.insights.domain.suppression import BAND, FLOOR, Public, Veil, public

COUNTS = st.lists(st.integers(0, 40) | st.integers(0, 2_000_000), min_size=1, max_size=20)


def named(counts):
    return [(place, count) for place, count in enumerate(counts)]


def test_of_every_table_that_shows_the_same_each_hidden_count_may_be_several() -> None:
    floor, band = 2, 4
    for size in (1, 2, 3, 4):
        alike: defaultdict[Public[int], list[tuple[int, ...]]] = defaultdict(list)
        for counts in product(range(8), repeat=size):
            alike[public(named(counts), floor=floor, band=band)].append(counts)
        for shown, tables in alike.items():
            # Tables with larger counts look alike too; those at hand must differ already.
            for part in shown.parts:
                if part.count is None and (shown.total or 0) <= 8 - 1:
                    assert len({counts[part.name] for counts in tables}) > 1, (shown, tables)


@given(COUNTS)
def test_what_is_shown_is_true_and_nothing_small_is(counts) -> None:
    shown = public(named(counts))
    assert shown.total in (sum(counts), None)
    for part, count in zip(shown.parts, counts, strict=True):
        assert part.count in (count, None)
        assert part.count is None or part.count >= FLOOR
        assert part.veil is not Veil.FEW or count < FLOOR


@given(COUNTS)
def test_a_hidden_count_has_room_between_the_total_and_what_is_shown(counts) -> None:
    shown = public(named(counts))
    hidden = [part for part in shown.parts if part.count is None]
    if shown.total is None or not hidden:
        return
    rest = shown.total - sum(part.count or 0 for part in shown.parts)
    ranges = [(0, FLOOR - 1) if part.veil is Veil.FEW else (0, rest) for part in hidden]
    for place, (low, high) in enumerate(ranges):
        others = [each for number, each in enumerate(ranges) if number != place]
        least = max(low, rest - sum(each[1] for each in others))
        most = min(high, rest - sum(each[0] for each in others))
        assert least < most


def test_one_small_town_among_large_ones_takes_the_first_of_them_with_it() -> None:
    shown = public([("天马", 286), ("球川", 241), ("新昌", 3)])
    assert shown.total == 530
    assert [part.count for part in shown.parts] == [None, 241, None]
    assert [part.veil for part in shown.parts] == [Veil.BESIDE, None, Veil.FEW]


def test_where_none_is_small_all_are_shown() -> None:
    assert [part.count for part in public([("a", FLOOR), ("b", BAND)]).parts] == [5, 20]
