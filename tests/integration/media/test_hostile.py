"""Files made to harm: refused in bounded time, and no frame of anyone else in what is made."""

import resource
import shutil

import pytest

from lms.core.errors import InvalidInput
from lms.media.domain.video import judge_video
from lms.media.gateway import transcode
from lms.media.gateway.probe import Refused, probe
from lms.media.gateway.storage import LocalStorage
from tests.factories import boxes
from tests.factories.videos import run_ffmpeg, video, with_sides
from tests.integration.media import playing
from tests.integration.media.conftest import served

HOURS = 100
# Of a processor: what is refused costs no more, whatever it claims.
MOST_SECONDS = 20


@pytest.fixture
def engine():
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


def processor_seconds():
    """Return what the programs started here have used so far."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.fixture
def refusal(tmp_path):
    """Put bytes where uploads are prepared; return the code they are refused with."""

    def refusal(content):
        (tmp_path / transcode.SOURCE).write_bytes(content)
        with pytest.raises(Refused) as raised:
            transcode.examine(tmp_path)
        return raised.value.code

    return refusal


def whole():
    """Return an MP4 whose index comes last, so that it may grow."""
    return video("slow_start.mp4").read_bytes()


CRAFTED = {
    "30,000 pixels a side": (
        lambda: with_sides(video("huge.mkv").read_bytes(), 30_000),
        "video_unreadable",
    ),
    "4,098 pixels wide": (lambda: video("wide.mp4").read_bytes(), "video_picture_too_large"),
    "nine tracks": (lambda: boxes.with_tracks(whole(), 9), "video_too_many_streams"),
    "900 tracks": (lambda: boxes.with_tracks(whole(), 900), "video_too_many_streams"),
    "10,000 tracks": (lambda: boxes.with_tracks(whole(), 10_000), "video_unreadable"),
    "240 pictures a second": (lambda: video("fast.mp4").read_bytes(), "video_rate_too_high"),
    "1,000 pictures a second": (lambda: video("faster.mp4").read_bytes(), "video_rate_too_high"),
    "a hundred hours": (lambda: video("long.mp4").read_bytes(), "video_too_long"),
    "two billion samples": (lambda: boxes.with_samples(whole(), 2**31 - 1), "video_unreadable"),
    "data of a terabyte": (lambda: boxes.with_size(whole(), b"mdat", 2**40), "video_unreadable"),
    "an index of a terabyte": (
        lambda: boxes.with_size(video("flat.mp4").read_bytes(), b"moov", 2**40),
        "video_unreadable",
    ),
    "data in another file": (
        lambda: boxes.with_data_elsewhere(whole(), "/etc/victim.mp4"),
        "video_unreadable",
    ),
    "less than a second": (lambda: video("short.mp4").read_bytes(), "video_too_short"),
    "the first half alone": (lambda: whole()[: len(whole()) // 2], "video_unreadable"),
    "the index, and a quarter": (
        lambda: video("flat.mp4").read_bytes()[: video("flat.mp4").stat().st_size // 4],
        "video_cut_short",
    ),
}


@pytest.mark.parametrize("kind", CRAFTED)
def test_what_is_beyond_a_limit_is_refused_by_name_in_bounded_time(refusal, kind):
    content, code = CRAFTED[kind]
    made = content()
    before = processor_seconds()
    assert refusal(made) == code
    assert processor_seconds() - before < MOST_SECONDS


def test_a_header_of_a_hundred_hours_is_not_believed(tmp_path):
    (tmp_path / "source").write_bytes(boxes.with_hours(whole(), HOURS))
    assert transcode.examine(tmp_path).duration_ms == 3_000


def test_the_limits_do_not_refuse_what_they_are_held_against(tmp_path):
    (tmp_path / "source").write_bytes(whole())
    assert judge_video(probe(tmp_path / "source")) is None
    (tmp_path / "source").write_bytes(with_sides(video("huge.mkv").read_bytes(), 64))
    assert judge_video(probe(tmp_path / "source")) is None
    (tmp_path / "source").write_bytes(boxes.with_tracks(whole(), 8))
    assert judge_video(probe(tmp_path / "source")) is None


LISTS = {
    "ffconcat": "ffconcat version 1.0\nfile '{path}'\nduration 3\n",
    "concat": "concat:{path}|{path}",
    "subfile": "subfile,,start,0,end,0,,:{path}",
    "data": "data:video/mp4;base64,AAAA",
    "hls": "#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{path}\n#EXT-X-ENDLIST\n",
    "hls map": '#EXTM3U\n#EXT-X-MAP:URI="{path}"\n#EXTINF:3,\n{path}\n#EXT-X-ENDLIST\n',
    "dash": "<?xml version='1.0'?><MPD><BaseURL>{path}</BaseURL></MPD>",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\nm=video 5004 RTP/AVP 96\n",
    "smil": "<smil><body><video src='{path}'/></body></smil>",
    "image names": "%d.mp4\n",
    "reference": "[Reference]\nRef1={path}\n",
}
# What a file may begin with to pass for a video at first sight.
MASKS = (b"", b"\xef\xbb\xbf", b"\x00\x00\x00\x08free", b"\x00\x00\x00\x08wide", b"\x1aE\xdf\xa3")


@pytest.mark.parametrize("kind", LISTS)
def test_a_list_that_names_anothers_video_shows_no_frame_of_it(
    kind, send, run_jobs, facts, media_dir
):
    victim = media_dir / "work" / "victim.mp4"
    victim.parent.mkdir(parents=True)
    shutil.copyfile(video("corner.mp4"), victim)
    for mask in MASKS:
        for path in (victim, "../victim.mp4", "victim.mp4"):
            content = mask + LISTS[kind].format(path=path).encode()
            try:
                asset_id = send(content)
            except InvalidInput:
                continue
            run_jobs()
            assert facts(asset_id).state == "failed"
    assert not (media_dir / "assets").exists()


@pytest.mark.parametrize("place", ["victim.mp4", "../victim.mp4", "/victim.mp4"])
def test_a_track_whose_data_lies_elsewhere_brings_nothing_of_it(tmp_path, place):
    folder = tmp_path / "job"
    folder.mkdir()
    for victim in (folder / "victim.mp4", tmp_path / "victim.mp4"):
        shutil.copyfile(video("slow_start.mp4"), victim)
    path = str(tmp_path / "victim.mp4") if place.startswith("/") else place
    (folder / "source").write_bytes(boxes.with_data_elsewhere(whole(), path))
    with pytest.raises(Refused) as raised:
        transcode.examine(folder)
    assert raised.value.code == "video_unreadable"


def test_of_a_video_with_a_list_behind_it_only_the_video_is_made(prepared, media_dir):
    # A real MP4, then a box that holds a list: nothing of the list is followed.
    victim = video("corner.mp4")
    behind = boxes.box(b"free", f"ffconcat version 1.0\nfile '{victim}'\n".encode())
    found = prepared(video("sign.mp4").read_bytes() + behind)
    assert found.duration_ms == pytest.approx(8_000, abs=100)
    path = served(LocalStorage(media_dir), found, "480p.mp4")
    assert playing.shown(path) == pytest.approx((2, 5), abs=0.1)


def test_captions_and_further_tracks_are_left_out(prepared, media_dir, tmp_path):
    words = tmp_path / "words.srt"
    words.write_text("1\n00:00:00,000 --> 00:00:02,000\nsecret\n")
    busy = tmp_path / "busy.mp4"
    inputs = ("-i", str(video("corner.mp4")), "-i", str(video("flat.mp4")), "-i", str(words))
    tracks = ("-map", "0:v", "-map", "1", "-map", "2", "-c", "copy", "-c:s", "mov_text")
    run_ffmpeg(*inputs, *tracks, "-metadata", "location=+30.0+120.0/", str(busy))
    found = prepared(busy)
    for name in ("240p.mp4", "480p.mp4", "480p.m4s"):
        path = served(LocalStorage(media_dir), found, name)
        assert probe(path).streams == 2
        assert b"+30.0" not in path.read_bytes()
        assert b"secret" not in path.read_bytes()
    assert playing.red_corner(served(LocalStorage(media_dir), found, "480p.mp4")) == "top left"
