"""What becomes of the second step: asked for once, tried again, stopped, never half done."""

import pytest
from sqlalchemy import select, update

from lms.core.errors import Conflict, GatewayError, Message
from lms.db.session import now
from lms.jobs import service as jobs
from lms.jobs.models import Job, JobState
from lms.media import service, tasks
from lms.media.domain.names import Label
from lms.media.domain.prepared import PreparedRendition, PreparedVideo
from lms.media.gateway import transcode
from lms.media.gateway.leftovers import clear_leftovers, only_one
from lms.media.gateway.probe import Refused
from lms.media.gateway.storage import LocalStorage
from lms.media.models import Asset
from tests.factories.media import make_asset
from tests.factories.videos import video
from tests.integration.media.conftest import served

WHY = Message("video_unreadable", "The site cannot read this.")
SMALL = PreparedRendition(Label.SMALL, 426, 240, 100, 800, "a" * 64)
LARGE = PreparedRendition(Label.LARGE, 1280, 720, 900, 7200, "b" * 64)
FULL = PreparedVideo((SMALL, LARGE), "c" * 64, 1_234, {"master.m3u8": "d" * 64}, 7)
only_sqlite = pytest.mark.parametrize("engine", ["sqlite"])


@pytest.fixture
def ready(database, owner_id):
    """An upload that can be watched, with its ladder asked for; call it for the asset's id."""

    def ready(*, asked=True):
        with database.transaction() as session:
            asset = make_asset(session, owner_id=owner_id)
            if asked:
                service.uploads.ask_for_ladder(session, asset)
            return asset.id

    return ready


@pytest.fixture
def ladder(database):
    """Return the newest job for the ladder of an asset."""

    def ladder(asset_id):
        with database.snapshot() as session:
            own = select(Job).where(Job.key.startswith(f"media.ladder:{asset_id}:"))
            return session.scalars(own.order_by(Job.key.desc())).first()

    return ladder


@pytest.fixture
def end(database, ladder):
    """Let the ladder's job end in a state."""

    def end(asset_id, state, why=None):
        values = {"state": state}
        if why:
            values |= {"error_code": why.code, "error_text": why.text}
        with database.transaction() as session:
            session.execute(update(Job).where(Job.id == ladder(asset_id).id).values(values))

    return end


def test_the_progress_of_a_video_that_can_be_watched_goes_on(database, ready, ladder, facts):
    asset_id = ready()
    assert (facts(asset_id).state, facts(asset_id).progress) == ("ready", 0.3)
    with database.transaction() as session:
        job = session.get_one(Job, ladder(asset_id).id)
        job.state = JobState.RUNNING
        jobs.beat(session, job.id, done=30, total=60)
    assert facts(asset_id).progress == pytest.approx(0.65)
    with database.transaction() as session:
        service.finish_ladder(session, asset_id, FULL)
    found = facts(asset_id)
    assert (found.progress, found.ladder, found.thumbnails) == (1.0, "done", 7)
    assert (found.duration_ms, found.width) == (60_000, 1280)
    assert [file.label for file in found.renditions] == ["240p", "720p"]


def test_a_ladder_that_failed_says_why_and_can_be_asked_for_again(
    database, ready, end, facts, queue
):
    asset_id = ready()
    end(asset_id, JobState.FAILED, WHY)
    found = facts(asset_id)
    assert (found.state, found.ladder, found.is_at_work) == ("ready", "failed", False)
    assert found.error == WHY
    assert found.progress < 1
    with database.transaction() as session:
        service.ask_again(session, asset_id)
    found = facts(asset_id)
    assert (found.ladder, found.error) == ("waiting", None)
    assert len(set(queue.waiting)) == 2


def test_a_ladder_that_was_parked_or_stopped_can_be_asked_for_again(database, ready, end, facts):
    parked, stopped = ready(), ready()
    end(parked, JobState.FAILED, jobs.GAVE_UP)
    end(stopped, JobState.CANCELLED)
    assert facts(parked).error == jobs.GAVE_UP
    assert facts(stopped).error.code == "ladder_cancelled"
    for asset_id in (parked, stopped):
        with database.transaction() as session:
            service.ask_again(session, asset_id)
        assert facts(asset_id).ladder == "waiting"


def test_nothing_is_asked_for_twice_nor_of_what_has_no_original(database, ready, facts):
    waiting, done = ready(), ready()
    with database.transaction() as session:
        service.finish_ladder(session, done, FULL)
        shipped = make_asset(session).id
        failed = make_asset(session, state="queued").id
    for asset_id in (waiting, done, shipped, failed):
        with pytest.raises(Conflict), database.transaction() as session:
            service.ask_again(session, asset_id)
    assert (facts(shipped).ladder, facts(shipped).progress) == ("none", 1.0)


def test_a_ladder_that_is_there_already_is_not_recorded_again(database, ready, facts):
    asset_id = ready()
    with database.transaction() as session:
        service.finish_ladder(session, asset_id, FULL)
    before = facts(asset_id)
    with database.transaction() as session:
        service.finish_ladder(session, asset_id, PreparedVideo((SMALL,), "e" * 64, 1_234))
        assert service.begin_ladder(session, asset_id) is None
    assert facts(asset_id) == before


def test_the_operator_has_older_videos_completed(app, database, ready, end, facts):
    older, failed, waiting = ready(asked=False), ready(), ready()
    end(failed, JobState.FAILED, WHY)
    with database.transaction() as session:
        make_asset(session)
    assert facts(older).ladder == "lacking"
    said = app.test_cli_runner().invoke(args=["media", "complete"])
    assert said.exit_code == 0
    assert set(said.output.splitlines()[:-1]) == {older, failed}
    assert said.output.endswith("2 videos are completed by the worker now.\n")
    assert {facts(each).ladder for each in (older, failed, waiting)} == {"waiting"}
    again = app.test_cli_runner().invoke(args=["media", "complete"])
    assert again.output == "0 videos are completed by the worker now.\n"


@only_sqlite
def test_an_older_video_is_completed_from_its_original(
    database, media_dir, prepared, run_jobs, facts
):
    before = prepared(video("flat.mp4"))
    with database.transaction() as session:
        asset = session.get_one(Asset, before.asset_id)
        asset.has_stream, asset.thumbnails = False, None
        service.ask_again(session, asset.id)
    run_jobs()
    after = facts(before.asset_id)
    assert (after.ladder, after.duration_ms) == ("done", before.duration_ms)
    assert served(LocalStorage(media_dir), after, "master.m3u8").exists()


@only_sqlite
@pytest.mark.parametrize(
    ("fault", "code"),
    [
        (Refused(WHY), "video_unreadable"),
        (OSError(28, "No space left on device"), "ladder_disk_refused"),
    ],
)
def test_a_ladder_that_cannot_be_made_leaves_what_can_be_watched(
    prepared, media_dir, monkeypatch, fault, code
):
    def refuse(*_all):
        raise fault

    monkeypatch.setattr(transcode, "complete", refuse)
    found = prepared(video("small.mp4"))
    assert (found.state, found.ladder, found.error.code) == ("ready", "failed", code)
    assert served(LocalStorage(media_dir), found, "240p.mp4").exists()
    assert [path.name for path in (media_dir / "work").iterdir() if path.is_dir()] == []


@only_sqlite
def test_a_program_killed_from_outside_lets_the_job_rest_and_go_on(
    database, send, run_jobs, facts, ladder, monkeypatch
):
    real, fault = transcode.complete, GatewayError("killed", "Killed.", retryable=True)

    def killed(*_all):
        raise fault

    monkeypatch.setattr(transcode, "complete", killed)
    asset_id = send(video("small.mp4"))
    run_jobs()
    assert (facts(asset_id).ladder, ladder(asset_id).state) == ("waiting", "queued")
    monkeypatch.setattr(transcode, "complete", real)
    with database.transaction() as session:
        session.get_one(Job, ladder(asset_id).id).due_at = now(session)
    run_jobs.runner.run(ladder(asset_id).id)
    assert facts(asset_id).ladder == "done"


@only_sqlite
def test_one_ladder_at_a_time_and_the_next_waits_without_being_blamed(
    send, run_jobs, facts, ladder, media_dir
):
    with only_one(media_dir) as is_alone:
        assert is_alone
        asset_id = send(video("small.mp4"))
        run_jobs()
        job = ladder(asset_id)
        assert (job.state, job.attempts, job.faults) == ("queued", 0, 0)
        assert job.due_at is not None
        # Who sends a video meanwhile can watch it all the same.
        assert facts(asset_id).state == "ready"


@only_sqlite
def test_what_a_killed_worker_left_is_cleared_and_what_is_worked_on_is_not(media_dir, settings):
    storage = LocalStorage(media_dir)
    left = media_dir / "work" / "0b1c"
    left.mkdir(parents=True)
    (left / "source").write_bytes(b"half")
    with storage.workplace("busy") as folder, only_one(media_dir):
        (folder / "source").write_bytes(b"x")
        tasks.clear_abandoned(None, settings)
        assert not left.exists()
        assert (folder / "source").exists()
    assert clear_leftovers(media_dir) == 0


@only_sqlite
def test_a_ladder_stopped_in_the_last_moment_records_nothing(
    database, prepared, ladder, monkeypatch
):
    whole = transcode.complete

    def stopped_afterwards(folder, *others):
        made = whole(folder, *others)
        with database.transaction() as session:
            jobs.cancel(session, ladder(folder.name).id)
        return made

    monkeypatch.setattr(transcode, "complete", stopped_afterwards)
    found = prepared(video("small.mp4"))
    assert (found.ladder, found.has_stream) == ("failed", False)
    assert found.error.code == "ladder_cancelled"
