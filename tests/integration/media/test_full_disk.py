"""A disk that fills up while videos are prepared: said in words, nothing half, tried again."""

import subprocess
from contextlib import contextmanager, suppress

import pytest

from lms.media import service
from lms.media.gateway.probe import probe
from lms.media.gateway.storage import LocalStorage
from tests.factories.videos import video
from tests.integration.media.conftest import served
from tests.support import summary

MIB = 1024**2
# Room for what is sent and for all that is made of it.
ROOM = 4


@pytest.fixture
def engine():
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


@pytest.fixture(autouse=True)
def small_disk(media_dir, monkeypatch):
    """Let the videos lie on a disk of their own that is small."""
    monkeypatch.setattr(LocalStorage, "has_room", lambda _storage, _size: True)
    media_dir.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "tmpfs", str(media_dir)]
    if subprocess.run(command, capture_output=True, check=False).returncode != 0:
        summary.miss("Full disk", "a file system cannot be mounted here; run as root")
    yield
    subprocess.run(["umount", str(media_dir)], check=True)


@contextmanager
def filled(media_dir, *, but):
    """Leave so many bytes free until the block ends."""
    filler = media_dir / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    with filler.open("r+b") as file:
        file.truncate(filler.stat().st_size - but)
    yield
    filler.unlink()


def test_a_full_disk_fails_the_video_in_words_and_it_can_be_sent_again(
    send, run_jobs, facts, media_dir
):
    asset_id = send(video("sign.mp4"))
    with filled(media_dir, but=16_384):
        run_jobs()
        found = facts(asset_id)
        assert (found.state, found.error.code) == ("failed", "disk_refused")
        assert not (media_dir / "assets").exists()
        assert [path for path in (media_dir / "work").iterdir() if path.is_dir()] == []
    assert send(video("sign.mp4")) == asset_id
    run_jobs()
    assert (facts(asset_id).state, facts(asset_id).ladder) == ("ready", "done")


def test_a_disk_full_at_the_second_step_leaves_what_can_be_watched(
    database, send, run_jobs, facts, queue, media_dir
):
    asset_id = send(video("sign.mp4"))
    run_jobs.runner.run(queue.waiting.pop(0))
    with filled(media_dir, but=32_768):
        run_jobs()
        found = facts(asset_id)
        assert (found.state, found.ladder) == ("ready", "failed")
        assert found.error.code == "ladder_disk_refused"
        path = served(LocalStorage(media_dir), found, "240p.mp4")
        assert probe(path).duration_ms == found.duration_ms
        assert [path.name for path in path.parent.parent.iterdir()] == [found.version]
    with database.transaction() as session:
        service.ask_again(session, asset_id)
    run_jobs()
    assert facts(asset_id).ladder == "done"
