"""How a video is shown as many small pictures in one."""

from fractions import Fraction

COLUMNS = 10
TILE_WIDTH = 160
MAX_TILES = 100
# Where the renditions have their key frames; between them nothing needs to be decoded.
KEYFRAME_MS = 4_000
# A very tall video stays within what a WebP picture may measure.
_MAX_TILE_HEIGHT = 320


def tile_step_ms(duration_ms: int) -> int:
    """Return how far the pictures lie apart: evenly, at key frames, a hundred at most."""
    return KEYFRAME_MS * max(1, -(-duration_ms // (KEYFRAME_MS * MAX_TILES)))


def tile_count(duration_ms: int) -> int:
    """Return how many pictures there are; the first is that of the beginning."""
    return max(1, -(-duration_ms // tile_step_ms(duration_ms)))


def tile_height(width: int, height: int) -> int:
    """Return the height of each picture, even, for a video with these sides."""
    exact = Fraction(TILE_WIDTH * height, width)
    return min(max(2, round(exact / 2) * 2), _MAX_TILE_HEIGHT)


def sheet_size(count: int, width: int, height: int) -> tuple[int, int]:
    """Return the sides of the picture that holds them all."""
    return COLUMNS * TILE_WIDTH, -(-count // COLUMNS) * tile_height(width, height)
