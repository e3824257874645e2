"""The list a player chooses from says what is true of each rung."""

from dataclasses import replace
from fractions import Fraction

import pytest

from lms.media.domain.names import Label
from lms.media.domain.streams import Piece, master_list, rung_of
from lms.media.domain.video import VideoFacts

HEAD = """#EXTM3U
#EXT-X-VERSION:7
#EXT-X-TARGETDURATION:4
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:VOD
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MAP:URI="240p.m4s",BYTERANGE="1000@0"
"""
PIECES = """#EXTINF:4.000000,
#EXT-X-BYTERANGE:50000@1000
240p.m4s
#EXTINF:4.000000,
#EXT-X-BYTERANGE:100000@51000
240p.m4s
#EXTINF:0.500000,
#EXT-X-BYTERANGE:40000@151000
240p.m4s
"""
END = "#EXT-X-ENDLIST\n"
FACTS = VideoFacts(
    containers=("mov",),
    streams=2,
    has_picture=True,
    has_sound=True,
    width=426,
    height=240,
    profile="42c015",
)
SIZE = 191_000


def rung(text=HEAD + PIECES + END, label=Label.SMALL, facts=FACTS, byte_size=SIZE):
    return rung_of(text, label, facts, byte_size=byte_size)


def test_a_rung_is_read_from_the_list_of_its_pieces():
    found = rung()
    assert found.pieces == (
        Piece(Fraction(4), 50_000, 1_000),
        Piece(Fraction(4), 100_000, 51_000),
        Piece(Fraction(1, 2), 40_000, 151_000),
    )
    assert found.duration_ms == 8_500


def test_its_rates_are_the_average_and_the_most_of_any_stretch_about_as_long_as_a_piece():
    found = rung()
    assert found.average_rate == -(-190_000 * 8 * 2 // 17)
    # The short piece alone is too short to count; with the one before it is 4.5 s long.
    assert found.peak_rate == -(-140_000 * 8 * 2 // 9)


def test_a_rung_of_one_short_piece_has_one_rate():
    short = HEAD + "#EXTINF:1.000000,\n#EXT-X-BYTERANGE:9000@1000\n240p.m4s\n" + END
    found = rung(short, byte_size=10_000)
    assert (found.average_rate, found.peak_rate) == (72_000, 72_000)


@pytest.mark.parametrize(
    "text",
    [
        HEAD + PIECES,  # not ended
        HEAD + END,  # no pieces
        PIECES + END,  # no head
        HEAD + PIECES.replace("@51000", "@51001") + END,  # a gap
        HEAD + PIECES.replace("240p.m4s\n#EXTINF:0.5", "../other.m4s\n#EXTINF:0.5") + END,
        HEAD.replace("240p.m4s", "/etc/passwd") + PIECES + END,
        HEAD + PIECES.replace("#EXT-X-BYTERANGE:40000@151000\n", "") + END,
    ],
)
def test_a_list_that_does_not_describe_its_file_without_a_gap_is_none(text):
    assert rung(text) is None


def test_a_list_of_a_file_that_is_longer_or_shorter_is_none():
    assert rung(byte_size=SIZE - 1) is None
    assert rung(byte_size=SIZE + 1) is None


def test_the_list_names_the_rungs_in_order_beside_it_with_what_a_player_needs():
    small = rung()
    large = replace(small, label=Label.LARGE, width=1280, height=720, codecs="avc1.4d401f")
    assert master_list([small, large]) == (
        "#EXTM3U\n"
        "#EXT-X-VERSION:7\n"
        "#EXT-X-INDEPENDENT-SEGMENTS\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=248889,AVERAGE-BANDWIDTH=178824,RESOLUTION=426x240,"
        'CODECS="avc1.42c015,mp4a.40.2"\n'
        "240p.m3u8\n"
        "#EXT-X-STREAM-INF:BANDWIDTH=248889,AVERAGE-BANDWIDTH=178824,RESOLUTION=1280x720,"
        'CODECS="avc1.4d401f"\n'
        "720p.m3u8\n"
    )


def test_a_silent_rung_names_no_sound():
    assert rung(facts=replace(FACTS, has_sound=False)).codecs == "avc1.42c015"
