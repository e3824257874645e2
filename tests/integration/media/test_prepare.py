"""The job from an upload to what phones can play, with real videos."""

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.core.errors import InvalidInput
from lms.jobs.models import Job, JobState
from lms.media import service
from lms.media.domain.states import AssetState
from lms.media.gateway import transcode
from lms.media.gateway.probe import probe, starts_at_once
from lms.media.gateway.program import ffmpeg
from lms.media.gateway.storage import LocalStorage, sha256_of
from lms.media.models import Asset
from lms.wiring import JOBS
from tests.factories.videos import video
from tests.integration.media.conftest import served, size_of

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def engine():
    """One engine is enough where ffmpeg does the work."""
    return "sqlite"


@pytest.fixture
def storage(media_dir):
    return LocalStorage(media_dir)


def test_a_recording_that_was_muted_becomes_a_lesson_all_the_same(send, run_jobs, facts):
    asset_id = send(video("muted.mp4"))
    run_jobs()
    assert facts(asset_id).state is AssetState.READY


@pytest.fixture
def watchable(send, run_jobs, facts, queue):
    """Upload a file and run the first of its two jobs alone; return what can be watched."""

    def watchable(content):
        asset_id = send(content)
        run_jobs.runner.run(queue.waiting.pop(0))
        return facts(asset_id)

    return watchable


def test_an_upload_can_be_watched_as_soon_as_its_lightest_rendition_is_made(watchable, storage):
    found = watchable(video("flat.mp4"))
    assert found.state is AssetState.READY
    assert (found.ladder, found.is_at_work, found.progress) == ("waiting", True, 0.3)
    assert found.duration_ms == pytest.approx(3_000, abs=50)
    assert [(file.label, file.width, file.height) for file in found.renditions] == [
        ("240p", 426, 240)
    ]
    path = served(storage, found, "240p.mp4")
    inside = probe(path)
    assert (inside.width, inside.height, inside.profile[:2]) == (426, 240, "42")  # baseline
    assert (inside.video_codec, inside.audio_codec) == ("h264", "aac")
    assert path.stat().st_size == found.renditions[0].byte_size
    assert starts_at_once(path)
    assert served(storage, found, "poster.webp").read_bytes()[8:12] == b"WEBP"


def test_the_poster_is_as_sharp_as_the_source_allows(watchable, storage, tmp_path):
    path = served(storage, watchable(video("flat.mp4")), "poster.webp")
    assert size_of(path) == (640, 360)


def test_the_files_of_the_job_are_gone_afterwards(watchable, storage):
    found = watchable(video("small.mp4"))
    left = {path.name for path in storage.root.rglob("*") if path.is_file()}
    original = sha256_of(video("small.mp4"))
    assert left == {original, "240p.mp4", "poster.webp", f"{found.asset_id}.lock"}


def test_progress_is_told_on_the_way(tmp_path):
    told = []
    (tmp_path / "out").mkdir()
    (tmp_path / "source").write_bytes(video("flat.mp4").read_bytes())
    found = transcode.examine(tmp_path)
    transcode.prepare(tmp_path, tmp_path / "out", found, lambda *step: told.append(step))
    assert told
    assert all(0 < done <= total == found.duration_ms for done, total in told)


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("sound.m4a", "video_no_picture"),
        ("short.mp4", "video_too_short"),
        ("fast.mp4", "video_rate_too_high"),
    ],
)
def test_what_is_not_taken_says_why_on_the_asset_and_the_job(
    database, send, run_jobs, facts, kind, code
):
    asset_id = send(video(kind))
    run_jobs()
    assert facts(asset_id).state is AssetState.FAILED
    assert facts(asset_id).error.code == code
    with database.snapshot() as session:
        job = session.scalars(select(Job)).one()
    assert (job.state, job.error_code) == (JobState.FAILED, code)


def test_a_truncated_video_is_refused_with_the_seconds_that_are_there(send, run_jobs, facts):
    whole = video("flat.mp4").read_bytes()
    asset_id = send(whole[: len(whole) // 4])
    run_jobs()
    found = facts(asset_id)
    assert found.state is AssetState.FAILED
    assert found.error.code == "video_cut_short"
    assert found.error.params == {"promised": 3, "found": 0}


def test_no_frame_of_another_video_gets_into_a_file_that_names_it(send, run_jobs, facts, storage):
    victim = facts(send(video("flat.mp4"))).asset_id
    run_jobs()
    path = served(storage, facts(victim), "480p.mp4")
    playlist = f"#EXTM3U\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n{path}\n#EXT-X-ENDLIST\n"
    concat = f"ffconcat version 1.0\nfile '{path}'\n"
    for hostile in (playlist, concat):
        for start in (b"", b"\x00\x00\x00\x08free", b"\x1aE\xdf\xa3"):
            asset_id = None
            try:
                asset_id = send(start + hostile.encode())
            except InvalidInput:
                continue
            run_jobs()
            assert facts(asset_id).state is AssetState.FAILED


def test_running_the_job_again_changes_nothing(database, watchable, run_jobs, facts, storage):
    before = watchable(video("small.mp4"))
    with database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == "media.prepare")).one()
        job.state = JobState.QUEUED
    run_jobs.runner.run(job.id)
    assert facts(before.asset_id) == before
    assert len(list((storage.root / "assets").rglob("240p.mp4"))) == 1


def test_a_job_whose_worker_died_is_done_by_the_next(database, send, run_jobs, facts, storage):
    asset_id = send(video("small.mp4"))
    with database.transaction() as session:
        service.begin_preparation(session, asset_id)
    half = storage.root / "work" / asset_id / "out" / "240p.mp4"
    half.parent.mkdir(parents=True)
    half.write_bytes(b"half a video")
    run_jobs()
    assert facts(asset_id).state is AssetState.READY
    assert probe(served(storage, facts(asset_id), "240p.mp4")).width == 426


def test_a_video_whose_original_is_gone_fails_in_words(send, run_jobs, facts, storage):
    asset_id = send(video("small.mp4"))
    for path in (storage.root / "originals").rglob("*"):
        if path.is_file():
            path.unlink()
    run_jobs()
    assert facts(asset_id).error.code == "original_lost"


def test_a_stopped_job_leaves_a_video_that_can_be_sent_again(database, send, run_jobs, facts):
    asset_id = send(video("flat.mp4"))
    with database.transaction() as session:
        job_id = session.scalars(select(Job.id)).one()
    ends_when_asked = run_jobs.runner.handlers["media.prepare"]

    def cancelled_meanwhile(context):
        with database.transaction() as session:
            session.get_one(Job, job_id).state = JobState.CANCELLED
        return ends_when_asked(context)

    run_jobs.runner.handlers = {"media.prepare": cancelled_meanwhile}
    run_jobs()
    assert facts(asset_id).error.code == "video_cancelled"
    with database.snapshot() as session:
        assert session.get_one(Asset, asset_id).state == AssetState.FAILED
    run_jobs.runner.handlers = JOBS
    assert send(video("flat.mp4")) == asset_id
    run_jobs()
    assert facts(asset_id).state is AssetState.READY


_WORKER = """
import sys
from pathlib import Path
from lms.media.gateway import transcode
folder = Path(sys.argv[1])
facts = transcode.examine(folder)
transcode.prepare(folder, folder / "out", facts, lambda done, total: print(done, flush=True))
"""


def test_ffmpeg_dies_with_a_worker_that_is_killed(tmp_path):
    (tmp_path / "out").mkdir()
    long = ("-stream_loop", "60", "-i", str(video("flat.mp4")), "-c", "copy", "-f", "mp4")
    subprocess.run([ffmpeg(), "-v", "error", *long, str(tmp_path / "source")], check=True)
    with subprocess.Popen(
        [sys.executable, "-c", _WORKER, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT
    ) as worker:
        assert worker.stdout.readline()
        assert programs_in(tmp_path) != []
        worker.send_signal(signal.SIGKILL)
    until = time.monotonic() + 5
    while programs_in(tmp_path) and time.monotonic() < until:
        time.sleep(0.05)
    assert programs_in(tmp_path) == []


def programs_in(folder):
    """Return the processes that work in the folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "cwd").readlink() == folder:
                found.append(entry.name)
        except OSError:
            continue
    return found
