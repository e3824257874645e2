"""Videos nobody of this project wrote: what becomes of each, file by file."""

from dataclasses import dataclass

import pytest

from lms.core.errors import InvalidInput
from lms.media.gateway.probe import probe
from lms.media.gateway.storage import LocalStorage
from tests.integration.media import playing
from tests.integration.media.conftest import pictures, served, sound

pytestmark = pytest.mark.field
SAME = 0.1


@dataclass(frozen=True)
class Lesson:
    """A playable lesson: seconds, the sides of its best picture as people see it, sound or none."""

    seconds: float
    sides: tuple[int, int]
    rungs: tuple[str, ...]
    has_sound: bool


TWO, THREE = ("240p", "480p"), ("240p", "480p", "720p")
# Every file of the folder has its verdict here: what it becomes, or the code of the refusal.
VIDEOS: dict[str, Lesson | str] = {
    "av1_video.mkv": Lesson(5, (640, 360), TWO, has_sound=False),
    "bbb_trailer_20s_720p.mp4": Lesson(20.08, (1280, 720), THREE, has_sound=True),
    "discard_first_keyframe.mp4": Lesson(1, (64, 64), ("240p",), has_sound=False),
    "h265_10bits.mp4": Lesson(1, (200, 200), ("240p",), has_sound=False),
    "nasa_13013_hdr.mp4": Lesson(13, (320, 180), ("240p",), has_sound=False),
    "testsrc2_odd_height_and_width_vp9.mp4": Lesson(1, (320, 240), ("240p",), has_sound=False),
    "testsrc2_vp9.webm": Lesson(1, (1280, 720), THREE, has_sound=False),
    "mpeg4.mp4": "video_unreadable",  # a header without any track
    "nasa_13013_rotated.mp4": "video_too_short",
    "testsrc2_mpeg4.mp4": "video_too_short",
}
HOSTILE = {
    "read_passwd_bypass.mp4": "video_format_unknown",  # an AVI that holds a playlist
    "xss_comment_exif_metadata_double_quote.png": "video_format_unknown",
    "bad_huffman.jpg": "video_format_unknown",
    "SSRF_url.svg": "video_is_text",
    "SVG_XSS1.svg": "video_is_text",
    "phpinfo.jpg.php": "video_is_text",
    "xss.htm": "video_is_text",
}
PLAYABLE = [name for name, verdict in VIDEOS.items() if isinstance(verdict, Lesson)]
REFUSED = [name for name, verdict in VIDEOS.items() if isinstance(verdict, str)]


@pytest.fixture
def engine():
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


def test_every_file_has_its_verdict(field_data):
    assert {path.name for path in (field_data / "video").iterdir()} == {*VIDEOS}
    assert {path.name for path in (field_data / "hostile_upload").iterdir()} == {*HOSTILE}


@pytest.mark.parametrize("name", PLAYABLE)
def test_a_video_of_the_field_becomes_a_lesson_true_in_length_and_shape(
    field_data, prepared, media_dir, name
):
    verdict = VIDEOS[name]
    found = prepared(field_data / "video" / name)
    assert (found.state, found.ladder, found.error) == ("ready", "done", None)
    assert found.duration_ms / 1000 == pytest.approx(verdict.seconds, abs=SAME)
    made = pictures(found)
    assert tuple(file.label for file in made) == verdict.rungs
    assert (made[-1].width, made[-1].height) == verdict.sides
    assert (sound(found) is not None) == verdict.has_sound
    storage = LocalStorage(media_dir)
    for file in made:
        for kind in ("mp4", "m3u8"):
            path = served(storage, found, f"{file.label}.{kind}")
            assert playing.moments(path)[-1] == pytest.approx(verdict.seconds, abs=SAME)
        inside = probe(served(storage, found, f"{file.label}.mp4"))
        assert inside.has_sound == verdict.has_sound
        assert inside.rotation == inside.width % 2 == inside.height % 2 == 0


@pytest.mark.parametrize("name", REFUSED)
def test_a_video_of_the_field_that_is_refused_says_why(field_data, prepared, name):
    found = prepared(field_data / "video" / name)
    assert (found.state, found.error.code) == ("failed", VIDEOS[name])


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_before_it_is_stored(field_data, send, media_dir, name):
    with pytest.raises(InvalidInput) as raised:
        send(field_data / "hostile_upload" / name)
    assert raised.value.fields["file"].code == HOSTILE[name]
    assert [path for path in media_dir.rglob("*") if path.is_file()] == []


def test_a_video_a_phone_took_upright_is_read_upright(field_data):
    facts = probe(field_data / "video" / "nasa_13013_rotated.mp4")
    assert facts.rotation % 360 != 0
    assert facts.upright == (facts.height, facts.width)
