"""The sound alone of a video: as long as its pictures, second for second, or left out."""

import subprocess

import pytest
from sqlalchemy import delete, select

from lms.core.errors import InvalidInput
from lms.media import service
from lms.media.domain.names import Label
from lms.media.gateway.probe import probe, starts_at_once
from lms.media.gateway.program import ffmpeg
from lms.media.gateway.storage import LocalStorage, sha256_of
from lms.media.gateway.transcode import examine, prepare
from lms.media.models import Asset, Rendition
from lms.media.service import FolderVideo, stage_renditions
from tests.factories.videos import run_ffmpeg, video
from tests.integration.media.conftest import pictures, sound

SAME_MS = 40
OLDER = "0" * 32
_PICTURE = ("-f", "lavfi", "-i", "testsrc2=size=320x240:rate=25:duration=4")
# Speech that begins after a second and ends a second before the picture does.
_LATE = ("-itsoffset", "1", "-f", "lavfi", "-i", "sine=frequency=440:duration=2")


@pytest.fixture
def upload(database, media_dir, owner_id, run_jobs):
    """Upload a video and have it prepared; return the asset's id."""

    def upload(path):
        with path.open("rb") as stream:
            received = service.receive(LocalStorage(media_dir), stream, declared_bytes=None)
        with database.transaction() as session:
            asset_id = service.register_upload(
                session, received=received, filename=path.name, owner_id=owner_id
            ).id
        run_jobs()
        return asset_id

    return upload


@pytest.fixture
def forget_sound(database, media_dir):
    """Let a video look as one prepared before there was sound alone."""

    def forget_sound(found):
        path = served(media_dir, found, "audio.m4a")
        path.unlink()
        path.parent.rename(path.parent.with_name(OLDER))
        with database.transaction() as session:
            session.execute(delete(Rendition).where(Rendition.label == "audio"))
            session.get_one(Asset, found.asset_id).version = OLDER

    return forget_sound


def served(media_dir, found, name):
    return LocalStorage(media_dir).served(found.asset_id, found.version, name)


def silences(path):
    """Return where it falls silent and where it is heard again, in seconds."""
    told = subprocess.run(
        [ffmpeg(), "-nostdin", "-i", str(path), "-af", "silencedetect=d=0.5", "-f", "null", "-"],
        capture_output=True,
        check=True,
        text=True,
    ).stderr.split()
    return [float(told[at + 1]) for at, word in enumerate(told) if word.startswith("silence_")]


def test_the_sound_is_one_light_track_that_starts_at_once(upload, facts, media_dir):
    found = facts(upload(video("flat.mp4")))
    path = served(media_dir, found, "audio.m4a")
    inside = probe(path)
    assert (inside.streams, inside.has_picture, inside.audio_codec) == (1, False, "aac")
    assert inside.duration_ms == pytest.approx(found.duration_ms, abs=SAME_MS)
    assert starts_at_once(path)
    assert sound(found).byte_size == path.stat().st_size
    assert sound(found).bit_rate < 60_000
    assert sound(found).byte_size < min(file.byte_size for file in pictures(found))


def test_a_second_of_sound_is_the_same_second_of_the_video(tmp_path):
    run_ffmpeg(*_PICTURE, *_LATE, "-c:a", "aac", str(tmp_path / "source.mp4"))
    (tmp_path / "source.mp4").rename(tmp_path / "source")
    out = tmp_path / "out"
    out.mkdir()
    prepare(tmp_path, out, examine(tmp_path), lambda _done, _total: None)
    path = out / "audio.m4a"
    assert probe(path).duration_ms == pytest.approx(4_000, abs=SAME_MS)
    begins, ends = 1, 3
    first, heard, _length, silent, *_ = silences(path)
    assert (first, heard) == (0, pytest.approx(begins, abs=0.1))
    assert silent == pytest.approx(ends, abs=0.1)


def test_a_silent_video_has_no_sound_alone_and_is_ready(upload, facts):
    found = facts(upload(video("silent.mp4")))
    assert found.is_playable
    assert sound(found) is None


def test_an_older_video_gets_its_sound_from_the_operator(
    app, upload, facts, forget_sound, media_dir
):
    asset_id = upload(video("flat.mp4"))
    silent_id = upload(video("silent.mp4"))
    forget_sound(facts(asset_id))
    before = facts(asset_id)
    assert sound(before) is None
    said = app.test_cli_runner().invoke(args=["media", "add-sound"])
    assert said.exit_code == 0
    assert f"{asset_id}: 0.0 MB of sound." in said.output
    assert f"{silent_id}: the video has no sound." in said.output
    assert "1 of 2 videos have their sound alone now." in said.output
    after = facts(asset_id)
    assert served(media_dir, after, "audio.m4a").stat().st_size == sound(after).byte_size
    assert (after.duration_ms, after.state) == (before.duration_ms, before.state)
    # Who opened the lesson before goes on with the addresses they have.
    assert after.version != before.version
    assert served(media_dir, before, "480p.mp4").exists()
    assert pictures(after) == pictures(before)
    for name in ("240p.mp4", "480p.mp4", "poster.webp"):
        assert (
            served(media_dir, after, name).read_bytes()
            == served(media_dir, before, name).read_bytes()
        )
    again = app.test_cli_runner().invoke(args=["media", "add-sound"])
    assert "0 of 1 videos" in again.output


def test_sound_that_was_taken_out_of_the_tables_alone_comes_back_as_it_was(
    app, database, upload, facts, media_dir
):
    found = facts(upload(video("flat.mp4")))
    path = served(media_dir, found, "audio.m4a")
    before = (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns)
    with database.transaction() as session:
        session.execute(delete(Rendition).where(Rendition.label == "audio"))
    assert app.test_cli_runner().invoke(args=["media", "add-sound"]).exit_code == 0
    assert facts(found.asset_id) == found
    assert (path.read_bytes(), path.stat().st_ino, path.stat().st_mtime_ns) == before


def test_a_video_whose_files_are_gone_does_not_keep_the_others_from_their_sound(
    app, database, upload, facts, forget_sound, media_dir
):
    lost, whole = upload(video("small.mp4")), upload(video("flat.mp4"))
    for asset_id in (lost, whole):
        with database.snapshot() as session:
            has_sound = select(Rendition).where(Rendition.asset_id == asset_id)
            assert session.scalars(has_sound.where(Rendition.label == "audio")).one()
    with database.transaction() as session:
        session.execute(delete(Rendition).where(Rendition.label == "audio"))
    for path in served(media_dir, facts(lost), "240p.mp4").parent.iterdir():
        path.unlink()
    said = app.test_cli_runner().invoke(args=["media", "add-sound"])
    assert said.exit_code == 0
    assert "1 of 2 videos" in said.output
    assert sound(facts(whole)) is not None
    assert sound(facts(lost)) is None


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("sound.m4a", "rendition_starts_late"),
        ("small.mp4", "sound_not_common"),
        ("long.m4a", "rendition_lengths_differ"),
    ],
)
@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_folders_sound_that_does_not_fit_is_refused_by_name(media_dir, kind, code):
    renditions = {Label.SOUND: video(kind), Label.SMALL: video("small.mp4")}
    with pytest.raises(InvalidInput) as raised:
        stage_renditions(LocalStorage(media_dir), FolderVideo(renditions))
    assert code in {message.code for message in raised.value.fields.values()}


def test_a_folder_brings_sound_to_a_course_that_had_none(database, media_dir, facts):
    seen = {Label.SMALL: video("small.mp4"), Label.MEDIUM: video("flat.mp4")}

    def load(renditions):
        staged = stage_renditions(LocalStorage(media_dir), FolderVideo(renditions))
        with database.transaction() as session:
            return service.adopt_renditions(session, staged=staged).id

    first = load(seen)
    second = load({**seen, Label.SOUND: video("ear.m4a")})
    found = facts(second)
    # The same video: what people earned with it stays theirs.
    assert second == first
    assert (found.width, found.height, found.filename) == (640, 360, "flat.mp4")
    with database.snapshot() as session:
        assert session.get_one(Asset, first).sha256 == sha256_of(seen[Label.MEDIUM])
    heard = served(media_dir, found, "audio.m4a").read_bytes()
    assert heard == video("ear.m4a").read_bytes()
