"""Time in a room, trimmed by what counted on line: properties of the arithmetic."""

from hypothesis import given
from hypothesis import strategies as st

from lms.progress.domain.attending import attended_ms

moments = st.integers(0, 200)
periods = st.lists(st.tuples(moments, moments), max_size=6)


@given(moments, moments, periods)
def test_each_millisecond_of_the_session_counts_here_or_on_line_never_both(
    begin: int, end: int, counted: list[tuple[int, int]]
) -> None:
    begin, end = sorted((begin, end))
    on_line = {at for first, last in counted for at in range(first, last)}
    free = [at for at in range(begin, end) if at not in on_line]
    assert attended_ms(begin, end, counted) == len(free)


@given(moments, moments, periods, st.tuples(moments, moments))
def test_more_on_line_never_gives_more_here(
    begin: int, end: int, counted: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    begin, end = sorted((begin, end))
    before = attended_ms(begin, end, counted)
    assert 0 <= attended_ms(begin, end, [*counted, more]) <= before <= end - begin


def test_what_lies_outside_takes_nothing() -> None:
    assert attended_ms(100, 160, [(0, 100), (160, 200)]) == 60
    assert attended_ms(100, 160, [(90, 110), (150, 170)]) == 40
    assert attended_ms(100, 160, [(0, 200)]) == 0
