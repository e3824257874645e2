from dataclasses import replace

from lms.media.domain.names import Label
from lms.media.domain.prepared import PreparedRendition, PreparedVideo, bit_rate

SMALL = PreparedRendition(Label.SMALL, 426, 240, 100, 800, "a" * 64)
MEDIUM = PreparedRendition(Label.MEDIUM, 854, 480, 300, 2400, "b" * 64)
VIDEO = PreparedVideo((SMALL, MEDIUM), "c" * 64, 1000)


def test_the_version_changes_with_the_content_of_any_file():
    others = [
        replace(VIDEO, poster_sha256="d" * 64),
        replace(VIDEO, renditions=(replace(SMALL, sha256="d" * 64), MEDIUM)),
        replace(VIDEO, renditions=(SMALL, replace(MEDIUM, sha256="d" * 64))),
        replace(VIDEO, renditions=(SMALL,)),
        replace(VIDEO, extras={"master.m3u8": "e" * 64}),
    ]
    assert len({VIDEO.version, *(other.version for other in others)}) == 6


def test_the_version_is_the_same_for_the_same_content():
    assert replace(VIDEO, duration_ms=2000).version == VIDEO.version
    assert len(VIDEO.version) == 32


def test_the_bit_rate_is_the_average_over_the_length():
    assert bit_rate(60_000, 10_000) == 48_000
    assert bit_rate(0, 10_000) == 1


def test_a_set_with_its_list_of_rungs_has_a_stream():
    assert not VIDEO.has_stream
    assert replace(VIDEO, extras={"master.m3u8": "e" * 64}).has_stream
