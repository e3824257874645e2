import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.media.domain.ranges import (
    SEGMENT_BYTES,
    SLICE_BYTES,
    Part,
    Unsatisfiable,
    Whole,
    choose_range,
    is_range_current,
)

SIZE = 5_000_000
LARGE = 50_000_000


@pytest.mark.parametrize(
    ("header", "part"),
    [
        ("bytes=0-", Part(0, SLICE_BYTES)),
        ("bytes=0-99", Part(0, 100)),
        ("bytes=100-100", Part(100, 101)),
        ("Bytes = 4999999 - 6000000", Part(4_999_999, 5_000_000)),
        ("bytes=1000-4000000", Part(1000, 4_000_001)),
        ("bytes=1000-4999999", Part(1000, 1000 + SEGMENT_BYTES)),
        ("bytes=4900000-", Part(4_900_000, 5_000_000)),
        ("bytes=-500", Part(4_999_500, 5_000_000)),
        ("bytes=-9000000", Part(0, SEGMENT_BYTES)),
        ("bytes=-2000000", Part(3_000_000, 5_000_000)),
        ("bytes=0-" + "9" * 5000, Part(0, SEGMENT_BYTES)),
        ("bytes=" + "0" * 5000 + "7-8", Part(7, 9)),
    ],
)
def test_one_range_is_met_and_cut_to_its_limit(header, part):
    assert choose_range(header, SIZE) == part


def test_a_segment_of_four_mebibytes_is_answered_whole_and_a_byte_more_is_not():
    begin = 1_000_000
    whole = choose_range(f"bytes={begin}-{begin + SEGMENT_BYTES - 1}", LARGE)
    assert whole == Part(begin, begin + SEGMENT_BYTES)
    assert choose_range(f"bytes={begin}-{begin + SEGMENT_BYTES}", LARGE) == whole
    assert SEGMENT_BYTES == 4 * 1024 * 1024


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-3",
        "bytes=9000000-8000000",
        "bytes=a-b",
        "bytes=1.5-3",
        "bytes=--5",
        "bytes=+1-2",
        "bytes=１-２",
        "items=0-5",
        "bytes=0-5,10-15",
        "bytes=0-1;bytes=3-4",
        "0-5",
    ],
)
def test_what_is_no_single_byte_range_is_ignored(header):
    assert choose_range(header, SIZE) == Whole()


@pytest.mark.parametrize("header", ["bytes=5000000-", "bytes=5000000-6000000", "bytes=-0"])
def test_a_range_that_begins_behind_the_end_cannot_be_met(header):
    assert choose_range(header, SIZE) == Unsatisfiable()


@pytest.mark.parametrize("header", ["bytes=0-", "bytes=0-5", "bytes=-5"])
def test_no_range_of_an_empty_file_can_be_met(header):
    assert choose_range(header, 0) == Unsatisfiable()


@given(
    header=st.from_regex(r"bytes=\d{0,12}-\d{0,12}", fullmatch=True),
    size=st.integers(0, 10**7),
)
def test_a_part_lies_inside_the_file_and_is_never_empty_or_above_the_limit(header, size):
    choice = choose_range(header, size, limit=1000, bounded=4000)
    if isinstance(choice, Part):
        assert 0 <= choice.start < choice.stop <= size
        assert choice.stop - choice.start <= (1000 if header.endswith("-") else 4000)


@given(size=st.integers(1, 50_000))
def test_a_player_that_asks_on_gets_every_byte_once(size):
    position, asked = 0, 0
    while position < size:
        part = choose_range(f"bytes={position}-", size, limit=997)
        assert part.start == position
        position, asked = part.stop, asked + 1
    assert position == size
    assert asked == -(-size // 997)


def test_a_range_goes_on_only_with_the_file_it_was_begun_with():
    assert is_range_current(None, '"a"')
    assert is_range_current('"a"', '"a"')
    assert not is_range_current('"b"', '"a"')
    assert not is_range_current('W/"a"', '"a"')
    assert not is_range_current("Mon, 04 May 2026 02:00:00 GMT", '"a"')
