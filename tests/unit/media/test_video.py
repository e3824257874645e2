from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.media.domain.sniff import UNKNOWN
from lms.media.domain.video import (
    VideoFacts,
    choose_frame_rate,
    choose_renditions,
    judge_finished,
    judge_lengths,
    judge_result,
    judge_sound,
    judge_video,
    light_rate,
    own_length,
    poster_size,
)

PHONE = VideoFacts(
    containers=("mov", "mp4"),
    streams=2,
    has_picture=True,
    has_sound=True,
    video_codec="h264",
    audio_codec="aac",
    width=1920,
    height=1080,
    frame_rate=Fraction(30),
    promised_ms=600_000,
)
FINISHED = replace(PHONE, containers=("mov",))
HEARD = replace(FINISHED, streams=1, has_picture=False, video_codec="")


def sizes(**changes):
    plans = choose_renditions(replace(PHONE, **changes))
    return {plan.label.value: (plan.width, plan.height) for plan in plans}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"has_sound": False, "streams": 1},
        {"promised_ms": 1_000},
        {"promised_ms": 4 * 3600 * 1000},
        {"width": 4096, "height": 4096},
        {"width": 64, "height": 64},
        {"frame_rate": Fraction(120)},
        {"width": 3840, "height": 2160, "frame_rate": Fraction(60)},
        {"streams": 8},
        {"containers": ("matroska", "webm")},
    ],
)
def test_videos_within_the_limits_are_taken(changes):
    assert judge_video(replace(PHONE, **changes)) is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"containers": ("hls",)}, "video_format_unknown"),
        ({"containers": ("mov", "concat")}, "video_format_unknown"),
        ({"containers": ()}, "video_format_unknown"),
        ({"streams": 9}, "video_too_many_streams"),
        ({"streams": 10_000, "has_picture": False}, "video_too_many_streams"),
        ({"has_picture": False}, "video_no_picture"),
        ({"has_picture": False, "has_sound": False}, "video_unreadable"),
        ({"width": 4097}, "video_picture_too_large"),
        ({"width": 30_000, "height": 30_000}, "video_picture_too_large"),
        ({"height": 63}, "video_picture_too_small"),
        ({"frame_rate": Fraction(121)}, "video_rate_too_high"),
        ({"frame_rate": Fraction(1000)}, "video_rate_too_high"),
        ({"width": 4096, "height": 4096, "frame_rate": Fraction(60)}, "video_too_heavy"),
        ({"promised_ms": 999}, "video_too_short"),
        ({"promised_ms": 4 * 3600 * 1000 + 1}, "video_too_long"),
        ({"promised_ms": 100 * 3600 * 1000}, "video_too_long"),
    ],
)
def test_videos_beyond_a_limit_are_refused_by_name(changes, code):
    assert judge_video(replace(PHONE, **changes)).code == code


def test_a_refusal_names_what_was_found():
    refused = judge_video(replace(PHONE, width=5000, height=100))
    assert refused.params == {"width": 5000, "height": 100, "most": 4096}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {"240p": (426, 240), "480p": (854, 480), "720p": (1280, 720)}),
        ({"rotation": 90}, {"240p": (240, 426), "480p": (480, 854), "720p": (720, 1280)}),
        ({"rotation": -90}, {"240p": (240, 426), "480p": (480, 854), "720p": (720, 1280)}),
        ({"rotation": 180}, {"240p": (426, 240), "480p": (854, 480), "720p": (1280, 720)}),
        (
            {"width": 1080, "height": 1920},
            {"240p": (240, 426), "480p": (480, 854), "720p": (720, 1280)},
        ),
        ({"width": 640, "height": 360}, {"240p": (426, 240), "480p": (640, 360)}),
        ({"width": 427, "height": 241}, {"240p": (426, 240)}),
        ({"width": 856, "height": 482}, {"240p": (426, 240), "480p": (852, 480)}),
        ({"width": 426, "height": 240}, {"240p": (426, 240)}),
        ({"width": 160, "height": 120}, {"240p": (160, 120)}),
        ({"width": 321, "height": 241}, {"240p": (320, 240)}),
        (
            {"width": 4096, "height": 64},
            {"240p": (640, 10), "480p": (1280, 20), "720p": (1920, 30)},
        ),
        (
            {"width": 720, "height": 576, "pixel_shape": Fraction(64, 45)},
            {"240p": (426, 240), "480p": (854, 480), "720p": (1024, 576)},
        ),
    ],
)
def test_renditions_follow_the_shorter_side_upright_and_never_above_the_source(changes, expected):
    assert sizes(**changes) == expected


@given(width=st.integers(64, 4096), height=st.integers(64, 4096))
def test_every_rendition_has_even_sides_no_larger_than_the_source_rounded_to_even(width, height):
    found = sizes(width=width, height=height)
    for across, down in found.values():
        assert across % 2 == down % 2 == 0
        assert 2 <= across <= width + 1
        assert 2 <= down <= height + 1
    assert next(iter(found)) == "240p"


@pytest.mark.parametrize(
    ("source", "made"),
    [
        (Fraction(24000, 1001), Fraction(24000, 1001)),
        (Fraction(25), 25),
        (Fraction(0), 30),
        (Fraction(60), 30),
        (Fraction(60000, 1001), Fraction(30000, 1001)),
        (Fraction(50), 25),
        (Fraction(120), 30),
        (Fraction(12), 12),
        (Fraction(5), 10),
        (Fraction(1, 10), 10),
        # Phones say 30 and mean a little more.
        (Fraction(3003, 100), 30),
    ],
)
def test_every_picture_of_a_steady_source_stands_equally_long(source, made):
    assert choose_frame_rate(replace(PHONE, frame_rate=source)) == made


def test_the_poster_is_upright_and_never_larger_than_the_source():
    assert poster_size(PHONE) == (640, 360)
    assert poster_size(replace(PHONE, rotation=90)) == (640, 1138)
    assert poster_size(replace(PHONE, width=321, height=241)) == (320, 240)


def test_all_else_is_made_to_the_length_of_the_picture_unless_the_sound_goes_on():
    assert own_length(replace(PHONE, picture_ms=9_960, sound_ms=10_010)) == 9_960
    assert own_length(replace(PHONE, picture_ms=9_960, sound_ms=12_000)) == 12_000
    assert own_length(replace(PHONE, picture_ms=12_000, sound_ms=9_000)) == 12_000


def test_a_file_is_as_long_as_its_tracks_and_not_as_its_header_says():
    found = replace(PHONE, promised_ms=600_000, picture_ms=590_000, sound_ms=599_000)
    assert found.duration_ms == 599_000
    # The header knows the last thousandths, packets are only so fine.
    assert replace(found, sound_ms=600_020).duration_ms == 600_000
    assert judge_video(found) is None
    cut = judge_video(replace(found, picture_ms=8_000, sound_ms=8_100))
    assert (cut.code, cut.params) == ("video_cut_short", {"promised": 600, "found": 8})
    # A browser's recorder does not know the end when it writes the beginning.
    assert judge_video(replace(found, promised_ms=0)) is None
    assert judge_video(replace(found, promised_ms=360_000_000)).code == "video_cut_short"


def test_a_video_that_breaks_off_is_told_by_its_length():
    assert judge_result(20_000, 18_000) is None
    assert judge_result(20_000, 20_100) is None
    assert judge_result(3_600_000, 3_564_000) is None
    assert judge_result(3_600_000, 3_563_999) is not None
    refused = judge_result(20_000, 8_000)
    assert refused.code == "video_cut_short"
    assert refused.params == {"promised": 20, "found": 8}


def test_a_finished_rendition_plays_on_phones_at_once():
    assert judge_finished(FINISHED, starts_at_once=True) is None
    silent = replace(FINISHED, has_sound=False, audio_codec="")
    assert judge_finished(silent, starts_at_once=True) is None


@pytest.mark.parametrize(
    "changes",
    [{"video_codec": "hevc"}, {"audio_codec": "mp3"}, {"containers": ("matroska",)}],
)
def test_a_finished_rendition_in_a_rarer_format_is_refused(changes):
    found = judge_finished(replace(FINISHED, **changes), starts_at_once=True)
    assert found.code == "rendition_not_common"


def test_a_finished_rendition_with_its_index_at_the_end_is_refused():
    assert judge_finished(FINISHED, starts_at_once=False).code == "rendition_starts_late"


def test_the_sound_alone_is_one_aac_track_that_starts_at_once():
    assert judge_sound(HEARD, starts_at_once=True) is None
    assert judge_sound(HEARD, starts_at_once=False).code == "rendition_starts_late"
    assert judge_sound(replace(HEARD, promised_ms=0), starts_at_once=True).code == "video_too_short"


@pytest.mark.parametrize(
    "changes",
    [
        {"has_picture": True},
        {"audio_codec": "mp3"},
        {"audio_codec": ""},
        {"containers": ("matroska",)},
        {"streams": 2},
    ],
)
def test_sound_alone_that_is_something_else_is_refused(changes):
    found = judge_sound(replace(HEARD, **changes), starts_at_once=True)
    assert found.code == "sound_not_common"


def test_renditions_of_one_video_are_equally_long():
    assert judge_lengths([]) is None
    assert judge_lengths([60_000]) is None
    assert judge_lengths([60_000, 61_000]) is None
    assert judge_lengths([60_000, 61_001]).code == "rendition_lengths_differ"
    assert judge_lengths([60_000, 60_101], within_ms=100).code == "rendition_lengths_differ"


def test_the_sniffer_and_the_probe_refuse_a_format_with_the_same_words():
    assert judge_video(replace(PHONE, containers=("avi",))) == UNKNOWN


@pytest.mark.parametrize(
    ("rate", "light"),
    [
        (Fraction(30), Fraction(15)),
        (Fraction(25), Fraction(25, 2)),
        (Fraction(30000, 1001), Fraction(15000, 1001)),
        (Fraction(20), Fraction(10)),
        (Fraction(15), Fraction(15)),
        (Fraction(10), Fraction(10)),
    ],
)
def test_the_lightest_rendition_has_every_second_picture_where_ten_are_left(rate, light):
    assert light_rate(rate) == light
