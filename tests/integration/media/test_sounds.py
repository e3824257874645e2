"""The sound alone: how light it is, and that of course folders has to fit the video."""

import pytest

from lms.core.errors import InvalidInput
from lms.media import service
from lms.media.domain.names import Label
from lms.media.gateway.probe import probe, starts_at_once
from lms.media.gateway.storage import LocalStorage, sha256_of
from lms.media.models import Asset
from lms.media.service import FolderVideo, stage_renditions
from tests.factories.videos import video
from tests.integration.media.conftest import pictures, served, sound

SAME_MS = 40


@pytest.mark.parametrize("engine", ["sqlite"])
def test_the_sound_is_one_light_track_that_starts_at_once(prepared, media_dir):
    found = prepared(video("flat.mp4"))
    path = served(LocalStorage(media_dir), found, "audio.m4a")
    inside = probe(path)
    assert (inside.streams, inside.has_picture, inside.audio_codec) == (1, False, "aac")
    assert inside.duration_ms == pytest.approx(found.duration_ms, abs=SAME_MS)
    assert starts_at_once(path)
    assert sound(found).byte_size == path.stat().st_size
    assert sound(found).bit_rate < 60_000
    assert sound(found).byte_size < min(file.byte_size for file in pictures(found))


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
    heard = served(LocalStorage(media_dir), found, "audio.m4a").read_bytes()
    assert heard == video("ear.m4a").read_bytes()
