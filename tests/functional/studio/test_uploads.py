"""Uploads piece by piece: exact places, and nothing lost where the line breaks."""

import base64
import hashlib
import io
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.catalog.domain import RevisionState
from lms.catalog.models import Item, Revision
from lms.db.session import Database
from lms.media.models import Upload
from lms.media.service import receiving
from lms.settings import Settings
from tests.factories.content import tiny_video
from tests.functional.studio.conftest import COURSE
from tests.functional.studio.tus import (
    CHUNK,
    DATA,
    SIZE,
    UPLOADS,
    Tus,
    assets,
    item_of,
    lying,
    originals,
)
from tests.support.site import Client, Jobs, WaitingQueue

pytestmark = pytest.mark.usefixtures("empty_lesson")


def test_anyone_is_told_what_the_server_can_do(client: Client) -> None:
    for path in (UPLOADS, f"{UPLOADS}/anything"):
        answer = client.options(path)
        assert answer.status_code == 204
        assert answer.headers["Tus-Version"] == "1.0.0"
        assert set(answer.headers["Tus-Extension"].split(",")) == {
            *("creation", "creation-with-upload", "termination", "checksum", "expiration")
        }
        assert answer.headers["Tus-Max-Size"] == str(receiving.MAX_BYTES)
        assert "sha1" in answer.headers["Tus-Checksum-Algorithm"].split(",")


def test_another_version_of_the_protocol_is_refused(instructor: Client, tus: Tus) -> None:
    address = tus.begin(SIZE)
    for version in ({"Tus-Resumable": "0.2.2"}, {}):
        answer = instructor.head(address, headers=version)
        assert (answer.status_code, answer.headers["Tus-Version"]) == (412, "1.0.0")


def test_a_file_arrives_piece_by_piece_and_becomes_the_lessons_video(
    tus: Tus, database: Database, settings: Settings, run_jobs: Jobs
) -> None:
    content = tiny_video(854)
    address = tus.begin(
        len(content),
        filename="第一课.mp4",
        item=item_of(database).id,
        sha256=hashlib.sha256(content).hexdigest(),
    )
    assert item_of(database).asset_id is None
    half = len(content) // 2

    first = tus.send(address, 0, content[:half])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, str(half))
    assert tus.offset(address) == half
    assert tus.send(address, half, content[half:]).status_code == 204

    [asset] = assets(database)
    assert item_of(database).asset_id == asset.id
    assert run_jobs() >= 1
    [asset] = assets(database)
    assert (asset.state, asset.filename) == ("ready", "第一课.mp4")
    assert originals(settings) == [content]
    assert lying(settings) == []


def test_bytes_may_come_with_the_announcement(tus: Tus) -> None:
    answer = tus.create(SIZE, data=DATA[:5_000])
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, "5000")
    assert tus.offset(answer.headers["Location"]) == 5_000


def test_a_whole_file_may_come_with_the_announcement(tus: Tus, database: Database) -> None:
    answer = tus.create(SIZE, data=DATA)
    assert (answer.status_code, answer.headers["Upload-Offset"]) == (201, str(SIZE))
    with database.snapshot() as session:
        assert session.scalars(select(Upload)).one().finished_at is not None


def test_what_was_said_of_the_file_is_said_again(tus: Tus) -> None:
    answer = tus.head(tus.begin(SIZE, filename="课.mp4", lastModified=17))
    assert answer.headers["Upload-Length"] == str(SIZE)
    assert answer.headers["Upload-Metadata"] == "filename 6K++Lm1wNA==,lastModified MTc="
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("offset", [0, 4_999, 5_001, SIZE])
def test_bytes_for_another_place_are_refused_and_nothing_changes(
    offset: int, tus: Tus, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA[:5_000])

    answer = tus.send(address, offset, DATA[offset : offset + 10])

    assert (answer.status_code, answer.json["code"]) == (409, "upload_offset_differs")
    assert lying(settings) == [DATA[:5_000]]


def test_more_than_the_file_was_said_to_hold_is_refused(tus: Tus, settings: Settings) -> None:
    address = tus.begin(1_000)
    assert tus.send(address, 0, DATA).status_code == 413
    assert lying(settings) == [b""]


def test_bytes_after_the_last_are_refused(tus: Tus, settings: Settings) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA)
    assert tus.send(address, SIZE, b"more").status_code == 413
    assert tus.send(address, SIZE, b"").status_code == 204
    assert lying(settings) == [DATA]


def test_the_last_byte_sent_twice_asks_for_one_job(tus: Tus, queue: WaitingQueue) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA)
    tus.send(address, SIZE, b"")
    assert len(queue.waiting) == 1


def test_an_upload_that_is_stopped_leaves_nothing(
    tus: Tus, database: Database, settings: Settings
) -> None:
    address = tus.begin(SIZE, item=item_of(database).id)
    tus.send(address, 0, DATA[:5_000])
    assert tus.stop(address).status_code == 204
    assert tus.head(address).status_code == 404
    assert tus.send(address, 5_000, DATA[5_000:]).status_code == 404
    assert assets(database) == lying(settings) == []


def test_a_whole_upload_cannot_be_stopped_any_more(tus: Tus, database: Database) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA)
    tus.stop(address)
    assert len(assets(database)) == 1


def test_any_browser_of_the_person_finds_what_is_unfinished(
    tus: Tus, instructor: Client, database: Database
) -> None:
    address = tus.begin(SIZE, filename="课.mp4", lastModified="17", item=item_of(database).id)
    tus.send(address, 0, DATA[:5_000])
    whole = tus.begin(SIZE, filename="done.mp4")
    tus.send(whole, 0, DATA)

    [found] = instructor.get(UPLOADS).json["items"]

    assert (found["url"], found["filename"], found["modified"]) == (address, "课.mp4", "17")
    assert (found["bytes"], found["received"]) == (SIZE, 5_000)
    assert found["item"] == str(item_of(database).id)


def test_a_client_that_can_only_say_post_is_understood(
    tus: Tus, instructor: Client, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": CHUNK}
    patch = {**said, "X-HTTP-Method-Override": "PATCH"}
    assert instructor.post(address, data=DATA[:9], headers=patch).status_code == 204
    assert lying(settings) == [DATA[:9]]
    stop = {"Tus-Resumable": "1.0.0", "X-HTTP-Method-Override": "DELETE"}
    assert instructor.post(address, headers=stop).status_code == 204
    assert instructor.post(address, headers={"Tus-Resumable": "1.0.0"}).status_code == 404


def test_a_lesson_published_meanwhile_keeps_its_video_and_its_next_draft_gets_the_new_one(
    tus: Tus, database: Database, instructor: Client
) -> None:
    address = tus.begin(SIZE, item=item_of(database).id)
    with database.transaction() as session:
        session.scalars(select(Revision)).one().state = RevisionState.PUBLISHED
    instructor.post(f"{COURSE}/draft")
    tus.send(address, 0, DATA)
    with database.snapshot() as session:
        shown = [item.asset_id for item in session.scalars(select(Item).order_by(Item.id))]
    assert shown == [None, assets(database)[0].id]


class Broken(io.BytesIO):
    """Yields some bytes; then the line breaks."""

    def read(self, size: int | None = -1) -> bytes:
        block = super().read(size)
        if not block:
            raise ConnectionResetError
        return block

    def readinto(self, buffer: object) -> int:
        block = self.read(len(buffer))  # type: ignore[arg-type]
        buffer[: len(block)] = block  # type: ignore[index]
        return len(block)


def test_a_broken_line_leaves_what_arrived(tus: Tus, settings: Settings) -> None:
    address = tus.begin(SIZE)
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    sent = Broken(DATA[:7_000])
    tus.client.patch(
        address, input_stream=sent, content_type=CHUNK, content_length=SIZE, headers=said
    )
    assert lying(settings) == [DATA[:7_000]]
    assert tus.offset(address) == 7_000
    assert tus.send(address, 7_000, DATA[7_000:]).status_code == 204
    assert lying(settings) == [DATA]


def test_a_broken_line_leaves_nothing_of_a_chunk_that_was_to_be_proven(
    tus: Tus, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA[:1_000])
    digest = base64.b64encode(hashlib.sha1(DATA[1_000:]).digest()).decode()  # noqa: S324 (what the protocol asks for)
    tus.client.patch(
        address,
        input_stream=io.BytesIO(DATA[1_000:7_000]),
        content_type=CHUNK,
        content_length=SIZE - 1_000,
        headers={
            "Tus-Resumable": "1.0.0",
            "Upload-Offset": "1000",
            "Upload-Checksum": f"sha1 {digest}",
        },
    )
    assert lying(settings) == [DATA[:1_000]]


def test_all_that_arrived_before_its_process_died_is_a_whole_video(
    tus: Tus, database: Database, settings: Settings, queue: WaitingQueue, run_jobs: Jobs
) -> None:
    content = tiny_video(854)
    address = tus.begin(len(content), item=item_of(database).id)
    tus.send(address, 0, content[:5_000])
    with (settings.media_dir / "uploads" / address.rsplit("/", 1)[-1]).open("ab") as file:
        file.write(content[5_000:])

    assert tus.offset(address) == len(content)
    assert tus.offset(address) == len(content)

    assert len(queue.waiting) == 1
    assert run_jobs() >= 1
    [asset] = assets(database)
    assert asset.state == "ready"
    assert item_of(database).asset_id == asset.id


def test_the_time_left_is_said(tus: Tus) -> None:
    answer = tus.head(tus.begin(SIZE))
    assert answer.headers["Upload-Expires"].endswith("GMT")


def test_an_upload_too_old_is_gone(tus: Tus, database: Database) -> None:
    address = tus.begin(SIZE)
    with database.transaction() as session:
        upload = session.scalars(select(Upload)).one()
        upload.expires_at -= receiving.KEPT_FOR + timedelta(seconds=1)
    answer = tus.send(address, 0, DATA)
    assert (answer.status_code, answer.json["code"]) == (404, "upload_gone")
