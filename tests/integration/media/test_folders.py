"""Course folders bring their videos finished."""

import shutil

import pytest
from sqlalchemy import func, select

from lms.core.errors import InvalidInput
from lms.media import queries, service
from lms.media.domain.names import Label, Language
from lms.media.gateway.storage import LocalStorage
from lms.media.models import Asset
from lms.media.service import FolderVideo
from tests.factories.videos import run_ffmpeg, video

# One engine is enough where files are checked; test_adoption.py writes rows on both.
pytestmark = pytest.mark.parametrize("engine", ["sqlite"], indirect=True)

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\n大家好\n"


@pytest.fixture
def folder(tmp_path):
    """A lesson's media folder."""
    folder = tmp_path / "media"
    folder.mkdir()
    shutil.copyfile(video("small.mp4"), folder / "240p.mp4")
    shutil.copyfile(video("flat.mp4"), folder / "480p.mp4")
    run_ffmpeg("-i", str(video("flat.mp4")), "-frames:v", "1", str(folder / "poster.webp"))
    (folder / "zh.vtt").write_text(VTT, encoding="utf-8")
    (folder / "en.vtt").write_text(VTT.replace("大家好", "Hello"), encoding="utf-8")
    return folder


@pytest.fixture
def load(database, media_dir, folder):
    """Load the folder's video; return the facts of its asset."""

    def load(**changes):
        files = {
            "renditions": {Label.MEDIUM: folder / "480p.mp4", Label.SMALL: folder / "240p.mp4"},
            "poster": folder / "poster.webp",
            "captions": {Language.ZH: folder / "zh.vtt", Language.EN: folder / "en.vtt"},
        }
        staged = service.stage_renditions(
            LocalStorage(media_dir), FolderVideo(**{**files, **changes})
        )
        with database.transaction() as session:
            asset = service.adopt_renditions(session, staged=staged)
            return queries.asset_facts(session, [asset.id])[asset.id]

    return load


def faults(load, **changes):
    with pytest.raises(InvalidInput) as raised:
        load(**changes)
    return {field: message.code for field, message in raised.value.fields.items()}


def stored(media_dir, found, name):
    return LocalStorage(media_dir).served(found.asset_id, found.version, name)


def test_a_folders_video_is_ready_at_once_with_its_own_files(load, folder, media_dir):
    found = load()
    assert found.is_playable
    assert found.owner_id is None
    assert found.duration_ms == pytest.approx(3_000, abs=50)
    assert (found.width, found.height) == (640, 360)
    assert [file.label for file in found.renditions] == ["240p", "480p"]
    assert list(found.captions) == ["zh", "en"]
    for name in ("240p.mp4", "480p.mp4", "poster.webp"):
        assert stored(media_dir, found, name).read_bytes() == (folder / name).read_bytes()


def test_loading_a_folder_again_changes_nothing(database, load):
    assert load() == load()
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Asset)) == 1


def test_a_changed_poster_is_another_version_of_the_same_asset(load, folder, media_dir):
    before = load()
    run_ffmpeg(
        "-ss", "2", "-i", str(video("flat.mp4")), "-frames:v", "1", str(folder / "poster.webp")
    )
    after = load()
    assert after.asset_id == before.asset_id
    assert after.version != before.version
    assert (
        stored(media_dir, after, "poster.webp").read_bytes()
        == (folder / "poster.webp").read_bytes()
    )
    assert stored(media_dir, before, "480p.mp4").exists()


def test_changed_captions_take_the_place_of_the_older_ones(database, load, folder):
    load()
    (folder / "zh.vtt").write_text(VTT.replace("大家好", "开播"), encoding="gb18030")
    found = load()
    with database.snapshot() as session:
        assert "开播" in queries.caption_text(session, found.asset_id, "zh")


def test_a_changed_best_rendition_is_another_asset(load, folder):
    before = load()
    shutil.copyfile(video("silent.mp4"), folder / "480p.mp4")
    assert load().asset_id != before.asset_id


def test_a_folder_without_a_poster_gets_one_from_the_video(load, media_dir):
    found = load(poster=None, captions={})
    assert stored(media_dir, found, "poster.webp").read_bytes()[8:12] == b"WEBP"
    assert found.captions == {}


def test_a_folder_with_one_rendition_is_enough(load, folder):
    found = load(renditions={Label.SMALL: folder / "240p.mp4"})
    assert [file.label for file in found.renditions] == ["240p"]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("slow_start.mp4", "rendition_starts_late"),
        ("vp9.webm", "rendition_not_common"),
        ("mp3_sound.mp4", "rendition_not_common"),
        ("sound.m4a", "video_no_picture"),
    ],
)
def test_a_rendition_phones_cannot_play_at_once_is_refused_by_name(load, folder, kind, code):
    shutil.copyfile(video(kind), folder / "240p.mp4")
    assert faults(load) == {"240p": code}


def test_renditions_of_different_videos_are_refused(load, folder):
    doubled = ("-stream_loop", "1", "-i", str(video("small.mp4")), "-c", "copy")
    run_ffmpeg(*doubled, "-movflags", "+faststart", str(folder / "240p.mp4"))
    assert faults(load) == {"480p": "rendition_lengths_differ"}


def test_all_faulty_files_are_named_at_once(load, folder):
    (folder / "240p.mp4").write_text("ffconcat version 1.0\nfile '480p.mp4'\n")
    (folder / "480p.mp4").write_bytes(b"")
    assert faults(load) == {"240p": "video_is_playlist", "480p": "video_empty"}


def test_faulty_captions_are_named_with_their_line(load, folder):
    (folder / "en.vtt").write_text("WEBVTT\n\nno time\n")
    assert faults(load) == {"en:3": "caption_without_time"}


def test_a_poster_that_is_no_webp_is_refused_and_nothing_is_written_down(database, load, folder):
    (folder / "poster.webp").write_bytes(b"<svg onload=alert(1)>")
    assert faults(load) == {"poster": "poster_not_webp"}
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Asset)) == 0
