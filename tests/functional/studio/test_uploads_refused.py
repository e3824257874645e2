"""Uploads that are refused: odd ones, anyone else's, too large, too many, and what is no video."""

import base64
import hashlib

import pytest

from lms.db.session import Database
from lms.media.service import receiving
from lms.settings import Settings
from tests.functional.studio.conftest import OpenAs
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
from tests.support.site import Client, Jobs

pytestmark = pytest.mark.usefixtures("empty_lesson")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Offset": "-1"}, 400),
        ({"Upload-Offset": "zero"}, 400),
        ({"Upload-Offset": "9" * 30}, 400),
        ({"Upload-Checksum": "crc32 AAAA"}, 400),
        ({"Upload-Checksum": "sha1 ????"}, 400),
        ({"Content-Type": "video/mp4"}, 415),
    ],
)
def test_odd_chunks_are_refused(
    headers: dict[str, str], status: int, tus: Tus, instructor: Client, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": CHUNK, **headers}
    assert instructor.patch(address, data=DATA, headers=said).status_code == status
    assert lying(settings) == [b""]


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload-Length": "-5"},
        {"Upload-Length": "1e6"},
        {"Upload-Length": ""},
        {"Upload-Defer-Length": "1", "Upload-Length": ""},
        {"Upload-Metadata": "filename ???"},
        {"Upload-Metadata": "filename YQ==,filename Yg=="},
        {"Upload-Metadata": "sha256 YWJj"},
    ],
)
def test_odd_announcements_are_refused(
    headers: dict[str, str], tus: Tus, database: Database
) -> None:
    assert tus.create(SIZE, headers=headers).status_code == 400
    assert assets(database) == []


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
def test_a_chunk_that_arrived_changed_is_not_kept(
    algorithm: str, tus: Tus, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    digest = hashlib.new(algorithm, DATA[:5_000]).digest()
    promised = f"{algorithm} {base64.b64encode(digest).decode()}"

    answer = tus.send(address, 0, DATA[:4_999] + b"?", Upload_Checksum=promised)
    assert (answer.status_code, answer.json["code"]) == (460, "upload_checksum_differs")
    assert lying(settings) == [b""]
    assert tus.send(address, 0, DATA[:5_000], Upload_Checksum=promised).status_code == 204
    assert lying(settings) == [DATA[:5_000]]


def test_a_file_other_than_the_one_declared_is_not_prepared(
    tus: Tus, database: Database, run_jobs: Jobs, settings: Settings
) -> None:
    address = tus.begin(SIZE, sha256=hashlib.sha256(b"another").hexdigest())
    tus.send(address, 0, DATA)
    run_jobs()
    [asset] = assets(database)
    assert (asset.state, asset.error_code) == ("failed", "upload_damaged")
    assert originals(settings) == lying(settings) == []


def test_nobody_else_sees_touches_or_stops_an_upload(
    tus: Tus, stranger: Client, settings: Settings
) -> None:
    address = tus.begin(SIZE)
    tus.send(address, 0, DATA[:5_000])
    other = Tus(stranger)
    unknown = f"{UPLOADS}/00000000-0000-4000-8000-000000000000"

    for path in (address, unknown):
        assert other.head(path).status_code == 404
        assert other.send(path, 5_000, b"mine").status_code == 404
        assert other.stop(path).status_code == 404
    assert stranger.get(UPLOADS).json["items"] == []
    assert lying(settings) == [DATA[:5_000]]


def test_an_upload_for_somebody_elses_lesson_is_not_begun(
    stranger: Client, database: Database
) -> None:
    assert Tus(stranger).create(SIZE, item=item_of(database).id).status_code == 404
    assert Tus(stranger).create(SIZE, item=999_999).status_code == 404
    assert assets(database) == []


def test_learners_and_visitors_send_nothing(
    client: Client, open_as: OpenAs, database: Database
) -> None:
    learner = open_as(None)
    assert Tus(learner).create(SIZE).status_code == 403
    assert Tus(client).create(SIZE).status_code == 401
    assert assets(database) == []


def test_an_upload_needs_the_form_token(instructor: Client, tus: Tus, settings: Settings) -> None:
    address = tus.begin(SIZE)
    said = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": CHUNK}
    answer = instructor.patch(address, data=DATA, headers=said, csrf=False)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")
    assert instructor.delete(address, headers=said, csrf=False).status_code == 400
    overridden = {**said, "X-HTTP-Method-Override": "PATCH"}
    assert instructor.post(address, data=DATA, headers=overridden, csrf=False).status_code == 400
    assert lying(settings) == [b""]


def test_a_file_too_large_an_empty_one_and_too_many_are_refused(
    tus: Tus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert tus.create(receiving.MAX_BYTES + 1).status_code == 413
    assert tus.create(10**12).status_code == 413
    assert tus.create(0).status_code == 422
    assert assets(database) == []
    monkeypatch.setattr(receiving, "MAX_UNFINISHED", 3)
    answers = [tus.create(SIZE).status_code for _ in range(5)]
    assert answers == [201, 201, 201, 429, 429]


def test_one_person_cannot_promise_more_than_their_share(
    tus: Tus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "MAX_UNFINISHED_BYTES", 3 * SIZE)
    assert [tus.create(SIZE).status_code for _ in range(4)] == [201, 201, 201, 429]


def test_what_was_promised_to_others_needs_room_on_the_disk_too(
    tus: Tus, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(
        "lms.media.gateway.storage.LocalStorage.has_room",
        lambda _storage, size: asked.append(size) or len(asked) < 3,
    )
    tus.send(tus.begin(SIZE), 0, DATA[:5_000])
    assert tus.create(7_000).status_code == 201
    answer = tus.create(1_000)
    assert (answer.status_code, answer.json["code"]) == (503, "disk_full")
    assert asked == [SIZE, 7_000 + SIZE - 5_000, 1_000 + 7_000 + SIZE - 5_000]


@pytest.mark.parametrize("step", [1, 700, 5_000])
def test_what_is_no_video_is_refused_at_its_first_bytes_and_forgotten(
    step: int, tus: Tus, database: Database, settings: Settings
) -> None:
    content = b"ffconcat version 1.0\nfile 'victim.mp4'\n".ljust(6_000, b"\n")
    address = tus.begin(len(content), filename="lesson.mp4", item=item_of(database).id)
    at, answer = 0, None
    while at < 4_096:
        answer = tus.send(address, at, content[at : at + (step if step > 1 else 2_048)])
        at = tus.offset(address) if answer.status_code == 204 else len(content)
    assert answer is not None
    assert answer.status_code == 422
    assert answer.json["fields"]["file"]["code"] == "video_is_playlist"
    assert tus.head(address).status_code == 404
    assert assets(database) == []
    assert lying(settings) == []


@pytest.mark.parametrize(
    "name", ["x" * 5_000 + ".mp4", "😀" * 600 + ".mp4", "../../etc/passwd", "\x00"]
)
def test_a_name_is_shown_and_never_used(name: str, tus: Tus, database: Database) -> None:
    tus.begin(SIZE, filename=name)
    [asset] = assets(database)
    assert 0 < len(asset.filename) <= 255
    assert "/" not in asset.filename
    assert not asset.filename.startswith("\x00")
