from lms.media.gateway.encode import limits

HOURS = 3_600


def test_a_long_lesson_may_take_longer_than_it_is_and_never_without_end():
    two = limits(2 * HOURS * 1_000)
    assert 2 * (2 * HOURS) < two.wall_seconds < 6 * (2 * HOURS)
    # Two processors at work all that time use up as much again.
    assert two.cpu_seconds >= 2 * two.wall_seconds
    assert limits(1_000).wall_seconds >= 120


def test_no_file_that_is_made_passes_twice_its_highest_rate():
    ten_minutes = limits(600_000)
    assert ten_minutes.file_bytes > 600 * 1_864_000 // 8
    assert ten_minutes.file_bytes < 400 * 1024 * 1024
    assert ten_minutes.memory_bytes <= 4 * 1024**3
