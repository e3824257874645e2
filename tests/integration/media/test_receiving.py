"""From the last byte of an upload to a video that waits for its job; what nobody goes on with."""

import hashlib
import io
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from lms.core.errors import NotFound
from lms.db.session import now
from lms.jobs.models import Job
from lms.media import service
from lms.media.domain.names import Language
from lms.media.domain.states import AssetState
from lms.media.gateway.incoming import Chunk
from lms.media.gateway.storage import LocalStorage
from lms.media.models import Asset, Caption, Upload
from lms.media.service import receiving
from lms.media.tasks import clear_uploads
from tests.factories.accounts import make_person
from tests.factories.content import tiny_video
from tests.factories.media import make_asset

DATA = b"\x00\x00\x00\x20ftypisom" + bytes(range(200))
SIZE = len(DATA)


@pytest.fixture
def storage(media_dir):
    return LocalStorage(media_dir)


@pytest.fixture
def begin(database, storage, owner_id):
    def begin(size=SIZE, owner_id=owner_id, **rest):
        with database.transaction() as session:
            upload = service.begin_upload(
                session,
                new=service.NewUpload(filename="课.mp4", byte_size=size, **rest),
                owner_id=owner_id,
                storage=storage,
                at=now(session),
            )
        storage.uploads.create(upload.asset_id)
        return upload

    return begin


@pytest.fixture
def send(begin, database, storage):
    """Send a whole file; return its asset's id."""

    def send(data=DATA, **rest):
        upload = begin(len(data), **rest)
        size = service.append_chunk(storage, upload, Chunk(0, len(data), io.BytesIO(data)))
        with database.transaction() as session:
            service.record_received(session, upload.asset_id, size=size, at=now(session))
        return upload.asset_id

    return send


def age(database, upload_id, days):
    with database.transaction() as session:
        session.get_one(Upload, upload_id).expires_at -= timedelta(days=days)


def sweep(database, settings):
    clear_uploads(database, settings)


def test_an_upload_says_how_far_it_is_and_waits_once_it_is_whole(
    begin, database, storage, facts, queue
):
    upload = begin()
    assert (facts(upload.asset_id).state, facts(upload.asset_id).progress) == ("uploading", 0)
    for end, progress in ((53, 0.25), (106, 0.5)):
        with database.transaction() as session:
            service.record_received(session, upload.asset_id, size=end, at=now(session))
        assert facts(upload.asset_id).progress == pytest.approx(progress, abs=0.01)
    assert queue.waiting == []
    with database.transaction() as session:
        service.record_received(session, upload.asset_id, size=len(DATA), at=now(session))
    assert facts(upload.asset_id).state == AssetState.QUEUED
    assert len(queue.waiting) == 1


def test_a_report_that_comes_late_takes_nothing_back(begin, database, facts):
    upload = begin()
    for size in (100, 50):
        with database.transaction() as session:
            service.record_received(session, upload.asset_id, size=size, at=now(session))
    assert facts(upload.asset_id).progress == pytest.approx(100 / len(DATA))


def test_the_whole_file_is_looked_at_kept_and_prepared(send, database, storage, facts, run_jobs):
    content = tiny_video(854)
    asset_id = send(content, sha256=hashlib.sha256(content).hexdigest())
    run_jobs()
    assert facts(asset_id).is_playable
    sha256 = hashlib.sha256(content).hexdigest()
    assert storage.original(sha256).read_bytes() == content
    assert list(storage.uploads.known()) == []


def test_a_worker_that_dies_before_it_wrote_down_what_it_found_starts_over(
    send, database, storage, facts, run_jobs
):
    content = tiny_video(854)
    asset_id = send(content)
    # As far as a worker gets that is killed between the disk and the database.
    storage.keep_upload(asset_id, hashlib.sha256(content).hexdigest())
    run_jobs()
    assert facts(asset_id).is_playable
    assert list(storage.uploads.known()) == []


def test_a_file_sent_before_is_not_prepared_twice_and_keeps_the_captions_of_both(
    send, database, facts, run_jobs
):
    content = tiny_video(854)
    first = send(content)
    run_jobs()
    second = send(content)
    with database.transaction() as session:
        service.set_caption(
            session,
            asset_id=second,
            language=Language.ZH,
            data="WEBVTT\n\n00:00.000 --> 00:01.000\n好\n".encode(),
            source_name="zh.vtt",
        )
    run_jobs()
    assert facts(first).is_playable
    assert list(facts(first).captions) == ["zh"]
    assert facts(second).error.code == "video_sent_before"


def test_a_file_that_failed_before_is_tried_again(send, database, facts, run_jobs, queue):
    content = tiny_video(854)
    first = send(content)
    run_jobs()
    other = send(content[:-1])
    with database.transaction() as session:
        asset = session.get_one(Asset, other)
        asset.sha256, asset.state = hashlib.sha256(content[:-1]).hexdigest(), "failed"
        asset.error_code, asset.error_text = "video_took_too_long", "It took too long."
    queue.waiting.clear()
    again = send(content[:-1])
    with database.transaction() as session:
        service.settle_upload(session, again, hashlib.sha256(content[:-1]).hexdigest())
    assert facts(other).state == AssetState.QUEUED
    assert facts(first).is_playable


def test_the_same_file_of_somebody_else_is_theirs(send, database, facts, run_jobs):
    content = tiny_video(854)
    with database.transaction() as session:
        other = make_person(session).id
    mine, theirs = send(content), send(content, owner_id=other)
    run_jobs()
    assert facts(mine).is_playable
    assert facts(theirs).is_playable


def test_a_file_that_is_not_the_one_declared_has_failed_and_is_not_kept(
    send, facts, run_jobs, storage
):
    asset_id = send(sha256="0" * 64)
    run_jobs()
    assert facts(asset_id).error.code == "upload_damaged"
    assert not (storage.root / "originals").exists()
    assert list(storage.uploads.known()) == []


# ------------------------------------------------------------------------------ what is over


def test_an_upload_nobody_goes_on_with_is_removed_after_seven_days(
    begin, database, storage, settings
):
    kept, old = begin(), begin()
    age(database, kept.asset_id, 6)
    age(database, old.asset_id, 8)
    sweep(database, settings)
    assert list(storage.uploads.known()) == [kept.asset_id]
    with database.snapshot() as session:
        assert session.scalars(select(Asset.id)).all() == [kept.asset_id]
    with pytest.raises(NotFound), database.transaction() as session:
        service.record_received(session, old.asset_id, size=5, at=now(session))


def test_whoever_goes_on_has_seven_days_again(begin, database, settings):
    upload = begin()
    age(database, upload.asset_id, 6)
    with database.transaction() as session:
        service.record_received(session, upload.asset_id, size=5, at=now(session))
    age(database, upload.asset_id, 6)
    sweep(database, settings)
    with database.snapshot() as session:
        assert session.scalars(select(Upload.asset_id)).all() == [upload.asset_id]


def test_a_whole_file_that_still_waits_for_its_job_is_never_removed(
    send, database, storage, settings, facts, run_jobs
):
    content = tiny_video(854)
    asset_id = send(content)
    age(database, asset_id, 30)
    sweep(database, settings)
    run_jobs()
    assert facts(asset_id).is_playable
    sweep(database, settings)
    with database.snapshot() as session:
        assert session.scalars(select(Upload)).all() == []
        assert session.get_one(Asset, asset_id).state == AssetState.READY


def test_a_file_nobody_waits_for_is_removed(storage, database, settings):
    lost = "00000000-0000-4000-8000-000000000001"
    storage.uploads.create(lost)
    sweep(database, settings)
    assert list(storage.uploads.known()) == []


def test_a_whole_upload_cannot_be_given_up(send, database):
    asset_id = send()
    with database.transaction() as session:
        assert receiving.give_up(session, asset_id) is False
    with database.snapshot() as session:
        assert session.get(Asset, asset_id) is not None


@pytest.mark.parametrize(
    "wrong",
    [
        {"byte_size": 0},
        {"received_bytes": -1},
        {"received_bytes": 11},
        {"finished": True, "received_bytes": 9},
    ],
)
def test_the_database_refuses_uploads_that_cannot_be(wrong, database, owner_id):
    values = {"byte_size": 10, "received_bytes": 0, **wrong}
    with database.transaction() as session:
        asset = make_asset(session, state="uploading", sha256=None)
        at = now(session)
    if values.pop("finished", False):
        values["finished_at"] = at
    said = {"headers": "", "modified": "", "created_at": at, "expires_at": at}
    row = Upload(asset_id=asset.id, owner_id=owner_id, **said, **values)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(row)


def test_captions_of_a_video_that_failed_stay_written_down(send, database, run_jobs):
    """Rows of captions are never deleted, so their video's row stays, too."""
    asset_id = send(sha256="0" * 64)
    with database.transaction() as session:
        service.set_caption(
            session,
            asset_id=asset_id,
            language=Language.ZH,
            data="WEBVTT\n\n00:00.000 --> 00:01.000\n好\n".encode(),
            source_name="zh.vtt",
        )
    run_jobs()
    with database.snapshot() as session:
        assert session.scalars(select(Caption.asset_id)).all() == [asset_id]
        assert session.scalars(select(Job.state)).all() == ["done"]
