"""Names are printed with what the fonts have, and never turn the line around."""

import pytest

from lms.credentials.gateway.glyphs import printable


@pytest.mark.parametrize(
    "name",
    [
        "林秀芳",
        "阿依努尔·买买提",
        "欧阳䶮",
        "𬭎",
        "LIN Xiufang",
        "Nguyễn Thị Hương",
        "○〇",
        "1–2 …",
    ],
)
def test_what_the_fonts_have_is_printed_as_it_is(name: str) -> None:
    assert printable(name) == name


def test_each_character_without_a_glyph_becomes_one_mark() -> None:
    assert printable("林😀") == "林〓"
    assert printable("林𠀀芳") == "林〓芳"
    assert printable("نۇر") == "〓〓〓"


def test_marks_that_only_steer_the_text_are_left_out() -> None:
    assert printable("林\u202e秀\u200b芳\ufe0f") == "林秀芳"


def test_line_breaks_become_spaces_and_letters_get_their_accents_back() -> None:
    assert printable("  林\n秀芳\t") == "林 秀芳"
    assert printable("e\u0301") == "é"
