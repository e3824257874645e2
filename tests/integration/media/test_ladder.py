"""The second step: everything that suits better lines, all of it true to the second."""

import pickle
import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from lms.media.domain.names import TYPES
from lms.media.domain.prepared import PreparedVideo
from lms.media.domain.thumbnails import sheet_size
from lms.media.gateway import transcode
from lms.media.gateway.probe import probe, starts_at_once
from lms.media.gateway.program import ffmpeg
from lms.media.gateway.storage import LocalStorage, sha256_of
from tests.factories import boxes
from tests.factories.videos import begun_later, turned, video
from tests.integration.media import playing
from tests.integration.media.conftest import pictures, served, size_of
from tests.support.run import only_one

SAME = 0.1
_VARIANT = re.compile(
    r"#EXT-X-STREAM-INF:BANDWIDTH=(\d+),AVERAGE-BANDWIDTH=(\d+),RESOLUTION=(\d+x\d+),"
    r'CODECS="([^"]+)"\n(\S+)\n'
)


@pytest.fixture
def engine():
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


@pytest.fixture
def storage(media_dir):
    return LocalStorage(media_dir)


@dataclass(frozen=True)
class Made:
    """What became of a source, without a site around it."""

    folder: Path
    facts: PreparedVideo

    def __truediv__(self, name):
        return self.folder / name

    @property
    def length(self):
        return self.facts.duration_ms / 1000

    @property
    def pictures(self):
        return [file for file in self.facts.renditions if file.label.is_picture]


@cache
def make(source):
    """Make all that is made of a source; once a run for all tests that look at it."""
    name = f"made-{sha256_of(source)[:16]}"
    with only_one(name) as run:
        folder, facts = run / name, run / f"{name}.facts"
        if not facts.exists():
            shutil.rmtree(folder, ignore_errors=True)
            (folder / "out").mkdir(parents=True)
            shutil.copyfile(source, folder / transcode.SOURCE)
            found = transcode.examine(folder)
            transcode.prepare(folder, folder / "out", found, lambda _done, _of: None)
            made = transcode.complete(folder, folder / "out", found, lambda _done, _of: None)
            facts.write_bytes(pickle.dumps(made))
        return Made(folder / "out", pickle.loads(facts.read_bytes()))  # noqa: S301 (our own file)


def test_a_sharp_upload_gets_three_rungs_a_stream_its_sound_and_thumbnails(prepared, storage):
    found = prepared(video("sharp.mp4"))
    assert (found.state, found.ladder, found.progress) == ("ready", "done", 1.0)
    assert (found.has_stream, found.thumbnails, found.error) == (True, 3, None)
    assert [(file.label, file.width, file.height) for file in found.renditions] == [
        ("audio", 0, 0),
        ("240p", 426, 240),
        ("480p", 854, 480),
        ("720p", 1280, 720),
    ]
    for file in pictures(found):
        path = served(storage, found, f"{file.label}.mp4")
        inside = probe(path)
        assert (inside.width, inside.height) == (file.width, file.height)
        assert (inside.video_codec, inside.audio_codec) == ("h264", "aac")
        assert starts_at_once(path)
    left = {path.name for path in storage.root.rglob("*") if path.is_file()}
    rungs = ("240p", "480p", "720p")
    assert left == {
        *(f"{rung}.{kind}" for rung in rungs for kind in ("mp4", "m3u8", "m4s")),
        *("audio.m4a", "master.m3u8", "poster.webp", "thumbs.webp"),
        *(sha256_of(video("sharp.mp4")), f"{found.asset_id}.lock", ".alone"),
    }


@pytest.mark.parametrize("name", ["240p.mp4", "audio.m4a"])
def test_what_is_for_weak_lines_begins_after_a_table_of_its_parts(name):
    made = make(video("sharp.mp4"))
    whole = (made / name).read_bytes()
    parts = boxes.outermost(whole)
    kinds = [kind for kind, _ in parts if kind not in ("ftyp", "sidx")]
    assert kinds == ["moov", *(["moof", "mdat"] * 3)]
    # A table for each track, before all parts; twelve bytes a part and track.
    assert parts[2][0] == "sidx"
    assert sum(size for kind, size in parts if kind in ("ftyp", "moov", "sidx")) < 1_800


def test_the_stream_plays_every_second_of_every_rung():
    made = make(video("sharp.mp4"))
    cuts = []
    for rung in ("240p", "480p", "720p"):
        whole = playing.moments(made / f"{rung}.mp4")
        streamed = playing.moments(made / f"{rung}.m3u8")
        assert streamed == pytest.approx(whole, abs=0.001)
        assert len(whole) == (113 if rung == "240p" else 226)
        parts = playing.pieces(made / f"{rung}.m3u8")
        cuts.append([seconds for seconds, _size, _start in parts])
        end = parts[-1][1] + parts[-1][2]
        assert (made / f"{rung}.m4s").stat().st_size == end
    # A player changes rungs between any two pieces.
    assert cuts == [[4.0, 4.0, 1.04]] * 3


def test_each_piece_of_the_stream_begins_with_a_picture_of_its_own(tmp_path):
    made = make(video("sharp.mp4"))
    whole = (made / "720p.m4s").read_bytes()
    parts = playing.pieces(made / "720p.m3u8")
    head = whole[: parts[0][2]]
    assert (head[4:8], b"moov" in head, b"moof" in head) == (b"ftyp", True, False)
    for seconds, size, start in parts:
        piece = tmp_path / "piece.mp4"
        piece.write_bytes(head + whole[start : start + size])
        assert len(playing.moments(piece)) == round(seconds * 25)


def test_the_list_of_rungs_says_what_is_true_lightest_first():
    made = make(video("sharp.mp4"))
    text = (made / "master.m3u8").read_text()
    assert text.startswith("#EXTM3U\n")
    variants = _VARIANT.findall(text)
    assert [variant[4] for variant in variants] == ["240p.m3u8", "480p.m3u8", "720p.m3u8"]
    assert [variant[2] for variant in variants] == ["426x240", "854x480", "1280x720"]
    assert [int(variant[1]) for variant in variants] == sorted(int(v[1]) for v in variants)
    for peak, average, _size, codecs, name in variants:
        with playing.opened(made / name) as stream:
            settings = stream.streams.video[0].codec_context.extradata
        assert codecs == f"avc1.{settings[1:4].hex()},mp4a.40.2"
        parts = playing.pieces(made / name)
        bits = 8 * sum(size for _, size, _ in parts) / sum(seconds for seconds, _, _ in parts)
        assert int(average) == pytest.approx(bits, rel=0.001)
        assert int(peak) >= int(average)
    for name in ("master.m3u8", "240p.m3u8"):
        text = (made / name).read_text()
        assert "://" not in text
        assert "/" not in "".join(line for line in text.splitlines() if not line.startswith("#"))
    assert TYPES[".m3u8"] == "application/vnd.apple.mpegurl"


@pytest.mark.parametrize("kind", ["sign.mp4", "varies.mp4", "late_sound.mp4", "late_picture.mkv"])
def test_a_second_of_one_file_is_the_same_second_of_every_other(kind):
    made = make(video(kind))
    late = {"late_sound.mp4": (2, 3), "late_picture.mkv": (3, 2)}
    seen, told = late.get(kind, (2, 2))
    for name in ("240p.mp4", "480p.mp4", "240p.m3u8", "480p.m3u8"):
        path = made / name
        assert playing.shown(path) == pytest.approx((seen, seen + 3), abs=SAME)
        assert playing.heard(path) == pytest.approx((told, told + 3), abs=SAME)
        assert playing.moments(path)[-1] == pytest.approx(made.length, abs=SAME)
    alone = made / "audio.m4a"
    assert playing.heard(alone) == pytest.approx((told, told + 3), abs=SAME)
    assert probe(alone).duration_ms == pytest.approx(made.facts.duration_ms, abs=100)


def test_what_an_edit_list_hides_stays_hidden_and_the_rest_keeps_its_time(tmp_path):
    made = make(begun_later("sign.mp4", 1, tmp_path / "later.mp4"))
    assert made.facts.duration_ms == pytest.approx(7_000, abs=100)
    for name in ("240p.mp4", "480p.m3u8"):
        assert playing.shown(made / name) == pytest.approx((1, 4), abs=SAME)
        assert playing.heard(made / name) == pytest.approx((1, 4), abs=SAME)


def test_where_the_sound_goes_on_the_last_picture_stands():
    made = make(video("sound_goes_on.mp4"))
    assert made.facts.duration_ms == pytest.approx(6_000, abs=100)
    for name in ("240p.mp4", "480p.mp4", "480p.m3u8"):
        path = made / name
        assert playing.moments(path)[-1] == pytest.approx(6, abs=SAME)
        assert playing.seconds_heard(path) == pytest.approx(6, abs=SAME)


def test_a_recording_without_a_length_in_its_header_is_as_long_as_it_is():
    made = make(video("live.webm"))
    assert made.facts.duration_ms == pytest.approx(8_000, abs=100)


@pytest.mark.parametrize(
    ("degrees", "sides", "corner"),
    [
        (90, (240, 426), "bottom left"),
        (180, (426, 240), "bottom right"),
        (270, (240, 426), "top right"),
    ],
)
def test_a_turned_phone_gives_upright_pictures_everywhere(tmp_path, degrees, sides, corner):
    made = make(turned("corner.mp4", degrees, tmp_path / "turned.mp4"))
    assert (made.pictures[0].width, made.pictures[0].height) == sides
    for name in ("240p.mp4", "480p.mp4", "480p.m3u8", "poster.webp"):
        assert playing.red_corner(made / name) == corner
    assert not (made / "audio.m4a").exists()


def test_all_pictures_are_equally_loud_and_so_is_the_sound_alone():
    made = make(video("sharp.mp4"))
    loudness = {
        name: loudness_of(made / name)
        for name in ("240p.mp4", "480p.mp4", "720p.m3u8", "audio.m4a")
    }
    assert loudness["240p.mp4"] == pytest.approx(-16, abs=2)
    assert list(loudness.values()) == pytest.approx([loudness["240p.mp4"]] * 4, abs=0.5)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        ("small.mp4", ["audio", "240p"]),
        ("silent.mp4", ["240p", "480p"]),
        ("odd.mp4", ["audio", "240p", "480p"]),
        ("ten_bits.mp4", ["audio", "240p", "480p"]),
        ("hevc.mp4", ["240p", "480p"]),
        ("av1.mp4", ["audio", "240p", "480p"]),
        ("mono.mp4", ["audio", "240p", "480p"]),
        ("around.mp4", ["audio", "240p", "480p"]),
        ("muted.mp4", ["audio", "240p", "480p"]),
        ("vp9.webm", ["240p", "480p"]),
    ],
)
def test_each_kind_of_source_gets_all_that_can_be_made_of_it(kind, labels):
    made = make(video(kind))
    assert [file.label for file in made.facts.renditions] == labels
    assert made.facts.duration_ms == pytest.approx(3_000, abs=100)
    assert all(file.width % 2 == file.height % 2 == 0 for file in made.pictures)
    best = made / f"{labels[-1]}.m3u8"
    assert playing.moments(best)[-1] == pytest.approx(3, abs=SAME)
    master = (made / "master.m3u8").read_text()
    assert ("mp4a" in master) == ("audio" in labels)


def test_the_thumbnails_are_one_picture_of_the_size_their_number_gives():
    made = make(video("sharp.mp4"))
    path = made / "thumbs.webp"
    light = made.pictures[0]
    assert (
        size_of(path) == sheet_size(made.facts.thumbnails, light.width, light.height) == (1600, 90)
    )
    # Three of ten places are taken; the others are as white as paper.
    seen = playing.quarters_of(path)
    assert min(seen["top right"]) > 240
    assert min(seen["top left"]) < 200


def test_who_opened_the_lesson_before_goes_on_with_the_addresses_they_have(
    send, run_jobs, facts, queue, storage
):
    asset_id = send(video("flat.mp4"))
    run_jobs.runner.run(queue.waiting.pop(0))
    before = facts(asset_id)
    files = {
        name: served(storage, before, name).read_bytes() for name in ("240p.mp4", "poster.webp")
    }
    run_jobs()
    after = facts(asset_id)
    assert after.version != before.version
    assert (after.duration_ms, after.state) == (before.duration_ms, "ready")
    for name, content in files.items():
        assert served(storage, before, name).read_bytes() == content
        assert served(storage, after, name).samefile(served(storage, before, name))


def loudness_of(path):
    told = subprocess.run(
        [ffmpeg(), "-nostdin", "-i", str(path), "-vn", "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stderr
    assert "Hz, mono" in told
    return float(told.rsplit("I:", 1)[1].split("LUFS")[0])
