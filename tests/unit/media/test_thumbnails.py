import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.media.domain.thumbnails import sheet_size, tile_count, tile_height, tile_step_ms


@pytest.mark.parametrize(
    ("duration_ms", "count", "step_ms"),
    [
        (1_000, 1, 4_000),
        (4_000, 1, 4_000),
        (4_001, 2, 4_000),
        (180_000, 45, 4_000),
        (400_000, 100, 4_000),
        (400_001, 51, 8_000),
        (2 * 3_600_000, 100, 72_000),
        (4 * 3_600_000, 100, 144_000),
    ],
)
def test_the_pictures_lie_evenly_at_key_frames(duration_ms, count, step_ms):
    assert (tile_count(duration_ms), tile_step_ms(duration_ms)) == (count, step_ms)


@given(st.integers(1, 4 * 3_600_000))
def test_no_picture_lies_behind_the_end_and_none_is_missing_before_it(duration_ms):
    count, step = tile_count(duration_ms), tile_step_ms(duration_ms)
    assert 1 <= count <= 100
    assert (count - 1) * step < duration_ms <= count * step


def test_the_size_follows_from_the_number_and_the_shape_of_the_video():
    assert tile_height(426, 240) == 90
    assert tile_height(240, 426) == 284
    assert tile_height(640, 10) == 2
    assert sheet_size(45, 426, 240) == (1_600, 450)
    assert sheet_size(1, 240, 426) == (1_600, 284)
    # A WebP picture has at most 16383 pixels a side.
    assert sheet_size(100, 10, 640) == (1_600, 3_200)
