import pytest

from lms.media.domain.names import clean_filename


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ("lesson.mp4", "lesson.mp4"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\wang\\第一课.mp4", "第一课.mp4"),
        ("直播😀带货.mp4", "直播😀带货.mp4"),
        ("a\x00b\r\nc\ud800.mp4", "abc.mp4"),
        ("", "video"),
        ("uploads/", "video"),
        ("  \t ", "video"),
    ],
)
def test_a_filename_is_kept_for_show_without_folders_and_control_characters(sent, shown):
    assert clean_filename(sent) == shown


def test_a_very_long_filename_keeps_its_beginning_and_its_ending():
    shown = clean_filename("课" * 5_000 + ".mp4")
    assert len(shown) == 255
    assert shown.startswith("课")
    assert shown.endswith("课.mp4")
