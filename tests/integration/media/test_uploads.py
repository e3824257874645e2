"""From the bytes of an upload to a row and a job."""

import io

import pytest
from sqlalchemy import func, select

from lms.core.errors import Conflict, InvalidInput, Message, Overloaded, TooMany
from lms.db.bus import Bus
from lms.db.session import Database
from lms.jobs import service as jobs
from lms.jobs.models import Job, JobState
from lms.media import service
from lms.media.domain.names import Label
from lms.media.domain.prepared import PreparedRendition, PreparedVideo
from lms.media.domain.states import AssetState
from lms.media.events import AssetFailed, AssetReady
from lms.media.gateway.storage import LocalStorage, Received
from lms.media.models import Asset, Rendition
from tests.factories.accounts import make_person
from tests.factories.media import make_asset

WHY = Message("video_too_short", "Too short by %(ms)s ms.", {"ms": 7})
MADE = PreparedVideo(
    (
        PreparedRendition(Label.SMALL, 426, 240, 100, 800, "a" * 64),
        PreparedRendition(Label.MEDIUM, 854, 480, 300, 2400, "b" * 64),
    ),
    "c" * 64,
    1_234,
)


@pytest.fixture
def send(database, owner_id):
    """Register an upload with some content; return the asset's id."""

    def send(content="a", owner_id=owner_id, filename="第一课.mp4"):
        received = Received((content * 64)[:64], 5_000)
        with database.transaction() as session:
            return service.register_upload(
                session, received=received, filename=filename, owner_id=owner_id
            ).id

    return send


@pytest.fixture
def prepare(database):
    """Take an asset up and end it as told."""

    def prepare(asset_id, result):
        with database.transaction() as session:
            service.begin_preparation(session, asset_id)
        with database.transaction() as session:
            if isinstance(result, PreparedVideo):
                service.finish_preparation(session, asset_id, result)
            else:
                service.fail_preparation(session, asset_id, result)

    return prepare


def test_what_arrived_is_kept_and_told_by_its_content(media_dir):
    data = b"\x00\x00\x00\x20ftypisom" + b"x" * 100
    received = service.receive(LocalStorage(media_dir), io.BytesIO(data), declared_bytes=len(data))
    assert LocalStorage(media_dir).original(received.sha256).read_bytes() == data


def test_an_upload_is_refused_before_it_is_read_where_the_disk_has_no_room(media_dir, monkeypatch):
    monkeypatch.setattr(LocalStorage, "has_room", lambda _storage, _size: False)
    stream = io.BytesIO(b"\x00\x00\x00\x20ftypisom")
    with pytest.raises(Overloaded) as raised:
        service.receive(LocalStorage(media_dir), stream, declared_bytes=None)
    assert raised.value.code == "disk_full"
    assert stream.tell() == 0


def test_a_text_file_named_mp4_is_refused_on_its_field(media_dir):
    with pytest.raises(InvalidInput) as raised:
        service.receive(LocalStorage(media_dir), io.BytesIO(b"my lesson"), declared_bytes=9)
    assert raised.value.fields["file"].code == "video_is_text"


def test_a_new_upload_waits_for_its_job(database, queue, send, facts, owner_id):
    asset_id = send(filename="../课件/第一课.mp4")
    found = facts(asset_id)
    assert found.state is AssetState.QUEUED
    assert found.filename == "第一课.mp4"
    assert found.owner_id == owner_id
    with database.snapshot() as session:
        job = session.scalars(select(Job)).one()
    assert queue.waiting == [job.id]
    assert (job.kind, job.args, job.owner_id) == ("media.prepare", {"asset": asset_id}, owner_id)


def test_the_same_content_again_is_the_same_asset_and_no_second_job(database, send, queue):
    assert send() == send(filename="again.mp4")
    assert len(queue.waiting) == 1
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Asset)) == 1


def test_the_same_content_of_another_person_is_another_asset(database, send):
    with database.transaction() as session:
        other_id = make_person(session).id
    assert send() != send(owner_id=other_id)


def test_sending_a_ready_video_again_changes_nothing(send, prepare, facts, queue):
    asset_id = send()
    prepare(asset_id, MADE)
    asked = [*queue.waiting]
    assert send() == asset_id
    assert facts(asset_id).state is AssetState.READY
    assert queue.waiting == asked


def test_a_failed_video_sent_again_starts_anew(send, prepare, facts, queue):
    asset_id = send()
    prepare(asset_id, WHY)
    assert facts(asset_id).error == WHY
    assert send() == asset_id
    assert facts(asset_id).state is AssetState.QUEUED
    assert facts(asset_id).error is None
    assert len(set(queue.waiting)) == 2


def test_a_video_whose_job_was_parked_is_shown_as_failed_and_starts_anew(
    database, send, facts, queue
):
    asset_id = send()
    with database.transaction() as session:
        service.begin_preparation(session, asset_id)
        job = session.scalars(select(Job)).one()
        job.state, job.error_code, job.error_text = JobState.FAILED, "job_gave_up", "It stopped."
    assert facts(asset_id).state is AssetState.FAILED
    assert facts(asset_id).error == Message("job_gave_up", "It stopped.")
    assert send() == asset_id
    assert facts(asset_id).state is AssetState.QUEUED
    assert len(set(queue.waiting)) == 2


def test_the_progress_is_that_of_the_job(database, send, facts):
    asset_id = send()
    assert facts(asset_id).progress == 0
    with database.transaction() as session:
        job = session.scalars(select(Job)).one()
        job.state = JobState.RUNNING
        jobs.beat(session, job.id, done=30, total=120)
    # A quarter of the first of two steps, which is the shorter one.
    assert facts(asset_id).progress == pytest.approx(0.25 * 0.3)


def test_a_prepared_video_can_be_played(send, prepare, facts):
    asset_id = send()
    prepare(asset_id, MADE)
    found = facts(asset_id)
    assert found.is_playable
    assert (found.duration_ms, found.width, found.height) == (1_234, 854, 480)
    assert [file.label for file in found.renditions] == ["240p", "480p"]
    assert (found.version, found.has_poster, found.progress) == (MADE.version, True, 0.3)
    assert (found.has_stream, found.ladder, found.is_at_work) == (False, "waiting", True)


def test_a_video_that_can_be_watched_has_its_ladder_asked_for_in_the_same_moment(
    database, send, prepare, queue
):
    asset_id = send()
    prepare(asset_id, MADE)
    with database.snapshot() as session:
        job = session.scalars(select(Job).where(Job.kind == "media.ladder")).one()
    assert (job.key, job.args) == (f"media.ladder:{asset_id}:1", {"asset": asset_id})
    assert job.id in queue.waiting


def test_finishing_or_failing_a_ready_video_changes_nothing(database, send, prepare, facts):
    asset_id = send()
    prepare(asset_id, MADE)
    before = facts(asset_id)
    prepare(asset_id, WHY)
    prepare(asset_id, MADE)
    assert facts(asset_id) == before
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(Rendition)) == 2


def test_nothing_is_left_to_do_for_a_ready_or_failed_video(database, send, prepare):
    ready, failed = send("a"), send("b")
    prepare(ready, MADE)
    prepare(failed, WHY)
    with database.transaction() as session:
        assert service.begin_preparation(session, ready) is None
        assert service.begin_preparation(session, failed) is None


def test_a_video_still_uploading_cannot_be_prepared(database):
    with database.transaction() as session:
        asset = make_asset(session, state="uploading", sha256=None)
    with pytest.raises(Conflict), database.transaction() as session:
        service.begin_preparation(session, asset.id)


def test_a_video_too_many_waits_until_others_are_done(send, prepare):
    waiting = [send(f"{number:02}") for number in range(20)]
    with pytest.raises(TooMany) as raised:
        send("z")
    assert raised.value.message.params == {"most": 20}
    assert send("00") == waiting[0]
    prepare(waiting[0], WHY)
    send("z")


def test_higher_features_hear_of_ready_and_failed_videos_once(database_url):
    heard = []
    listeners = (lambda _session, happened: heard.append(happened),)
    bus = Bus({AssetReady: listeners, AssetFailed: listeners})
    database = Database(database_url, bus=bus)
    with database.transaction() as session:
        good, bad = (make_asset(session, state="processing").id for _ in range(2))
    for _ in range(2):
        with database.transaction() as session:
            service.finish_preparation(session, good, MADE)
            service.fail_preparation(session, bad, WHY)
    database.dispose()
    assert heard == [AssetReady(good, 1_234), AssetFailed(bad)]
