import shutil
import time
from fractions import Fraction

import pytest

from lms.media.domain.video import judge_video
from lms.media.gateway.probe import Refused, probe, starts_at_once
from tests.factories.videos import run_ffmpeg, video, with_sides


@pytest.fixture
def put(tmp_path):
    """Put a file where it is probed."""

    def put(content):
        path = tmp_path / "source"
        if isinstance(content, bytes):
            path.write_bytes(content)
        else:
            shutil.copyfile(content, path)
        return path

    return put


def refusal(path):
    try:
        return judge_video(probe(path)).code
    except Refused as refused:
        return refused.code


def test_a_video_is_known_by_what_it_holds(put):
    facts = probe(put(video("flat.mp4")))
    assert (facts.width, facts.height) == (640, 360)
    assert (facts.video_codec, facts.audio_codec) == ("h264", "aac")
    assert facts.frame_rate == Fraction(25)
    assert facts.duration_ms == pytest.approx(3_000, abs=50)
    assert facts.has_sound
    assert judge_video(facts) is None


def test_a_webm_is_read_too(put):
    facts = probe(put(video("vp9.webm")))
    assert facts.video_codec == "vp9"
    assert not facts.has_sound
    assert judge_video(facts) is None


def test_a_phone_held_upright_is_read_upright(put, tmp_path):
    turned = tmp_path / "turned.mp4"
    run_ffmpeg("-display_rotation", "90", "-i", str(video("flat.mp4")), "-c", "copy", str(turned))
    assert probe(put(turned)).upright == (360, 640)


def test_sound_alone_is_refused_also_with_a_cover_picture(put, tmp_path):
    assert refusal(put(video("sound.m4a"))) == "video_no_picture"
    cover, covered = tmp_path / "cover.png", tmp_path / "covered.m4a"
    run_ffmpeg("-i", str(video("flat.mp4")), "-frames:v", "1", str(cover))
    with_cover = ("-map", "0:a", "-map", "1:v", "-c", "copy", "-disposition:v", "attached_pic")
    run_ffmpeg("-i", str(video("sound.m4a")), "-i", str(cover), *with_cover, str(covered))
    assert refusal(put(covered)) == "video_no_picture"


def test_too_short_and_too_fast_videos_are_read_and_then_refused(put):
    assert refusal(put(video("short.mp4"))) == "video_too_short"
    assert refusal(put(video("fast.mp4"))) == "video_rate_too_high"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "video_empty"),
        (b"ffconcat version 1.0\nfile 'victim.mp4'\n", "video_is_playlist"),
        (b"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\nvictim.mp4\n", "video_is_playlist"),
        (b"\x00\x00\x00\x20ftypisom" + b"\x00" * 5_000, "video_unreadable"),
        (b"\x1aE\xdf\xa3" + b"\xff" * 5_000, "video_unreadable"),
        (b"xxxxmoovffconcat version 1.0\nfile 'victim.mp4'\n", "video_unreadable"),
    ],
)
def test_files_that_only_look_like_videos_are_refused(put, content, code):
    shutil.copyfile(video("flat.mp4"), put(b"").with_name("victim.mp4"))
    assert refusal(put(content)) == code


def test_a_picture_that_is_too_wide_is_refused_by_its_size(put):
    assert refusal(put(video("wide.mp4"))) == "video_picture_too_large"


def test_a_header_that_claims_a_huge_picture_is_refused_at_once(put):
    small = video("huge.mkv").read_bytes()
    assert judge_video(probe(put(with_sides(small, 64)))) is None
    began = time.monotonic()
    assert refusal(put(with_sides(small, 30_000))) == "video_unreadable"
    assert time.monotonic() - began < 20


def test_a_hundred_hours_and_hundreds_of_tracks_are_refused(put, tmp_path):
    assert refusal(put(video("long.mp4"))) == "video_too_long"
    tracks = ["-map", "0:v"] * 300
    many = tmp_path / "many.mkv"
    run_ffmpeg("-i", str(video("huge.mkv")), *tracks, "-c", "copy", "-t", "0.1", str(many))
    assert refusal(put(many)) == "video_too_many_streams"


def test_a_video_whose_index_is_missing_is_unreadable(put):
    whole = video("slow_start.mp4").read_bytes()
    assert refusal(put(whole[: len(whole) // 2])) == "video_unreadable"


def test_an_index_before_the_data_is_seen(tmp_path):
    assert starts_at_once(video("flat.mp4"))
    assert not starts_at_once(video("slow_start.mp4"))
    (tmp_path / "empty").touch()
    assert not starts_at_once(tmp_path / "empty")
    (tmp_path / "loop").write_bytes(b"\x00\x00\x00\x00free" * 3)
    assert not starts_at_once(tmp_path / "loop")
