import hashlib
import io
import os
import threading
from datetime import timedelta

import pytest

from lms.core.clock import utc_now
from lms.core.errors import GatewayError, InvalidInput, NotFound
from lms.core.ids import new_uuid

HEAD = b"\x00\x00\x00\x20ftypisom"
ASSET = "3f2b8c1e-7a45-4d0f-9b6c-1e2d3c4b5a69"
VERSION = "0" * 32


class Drip(io.BytesIO):
    """A line so slow that it hands over one byte at a time."""

    def read(self, _size=-1, /):
        return super().read(1)


class Broken(io.BytesIO):
    """A line that breaks after the first block."""

    def read(self, size=-1, /):
        block = super().read(size)
        if not block:
            raise ConnectionResetError
        return block


def files_below(storage):
    return [path for path in storage.root.rglob("*") if path.is_file()]


def refusal(storage, data, limit=1_000_000):
    with pytest.raises(InvalidInput) as raised:
        storage.take_in(io.BytesIO(data), limit=limit)
    return raised.value.fields["file"].code


def test_an_upload_is_kept_whole_under_the_name_of_its_content(storage):
    data = HEAD + os.urandom(700_000)
    received = storage.take_in(io.BytesIO(data), limit=1_000_000)
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    assert received.byte_size == len(data)
    assert storage.original(received.sha256).read_bytes() == data
    assert len(files_below(storage)) == 1


def test_a_slow_line_makes_no_difference(storage):
    data = HEAD + b"x" * 5_000
    assert storage.take_in(Drip(data), limit=10_000).byte_size == len(data)


def test_an_upload_at_the_limit_is_taken_and_one_byte_more_is_not(storage):
    assert storage.take_in(io.BytesIO(HEAD.ljust(5_000)), limit=5_000).byte_size == 5_000
    assert refusal(storage, HEAD.ljust(5_001), limit=5_000) == "upload_too_large"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "video_empty"),
        (b"ffconcat version 1.0\nfile '/etc/passwd'", "video_is_playlist"),
        (b"just text " * 100_000, "video_is_text"),
    ],
)
def test_nothing_stays_of_what_was_refused(storage, data, code):
    assert refusal(storage, data) == code
    assert files_below(storage) == []


def test_what_is_no_video_is_refused_before_the_rest_is_read(storage):
    stream = io.BytesIO(b"text" * 1_000_000)
    with pytest.raises(InvalidInput):
        storage.take_in(stream, limit=10_000_000)
    assert stream.tell() < 300_000


def test_nothing_stays_of_an_upload_that_broke_off(storage):
    with pytest.raises(GatewayError):
        storage.take_in(Broken(HEAD + b"x" * 600_000), limit=10_000_000)
    assert files_below(storage) == []


def test_a_disk_that_refuses_is_told_in_words(storage):
    storage.root.mkdir()
    (storage.root / "incoming").write_text("in the way")
    with pytest.raises(GatewayError) as raised:
        storage.take_in(io.BytesIO(HEAD), limit=100)
    assert raised.value.code == "disk_refused"


@pytest.mark.parametrize(
    ("asset_id", "version", "name"),
    [
        ("..", VERSION, "240p.mp4"),
        (ASSET, "..", "240p.mp4"),
        (ASSET, VERSION, "../../secret.key"),
        (ASSET, VERSION, "source"),
        (ASSET, "", "240p.mp4"),
        (ASSET.upper(), VERSION, "240p.mp4"),
    ],
)
def test_only_names_of_our_own_have_a_place(storage, asset_id, version, name):
    with pytest.raises(NotFound):
        storage.served(asset_id, version, name)


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64])
def test_only_a_hash_names_an_original(storage, sha256):
    with pytest.raises(NotFound):
        storage.original(sha256)


def test_a_set_appears_whole_and_one_that_is_there_stays(storage):
    asset_id = new_uuid()
    for content in ("first", "second"):
        with storage.workplace(asset_id) as folder:
            (folder / "out").mkdir()
            (folder / "out" / "240p.mp4").write_text(content)
            storage.publish(folder / "out", asset_id, VERSION)
    assert storage.served(asset_id, VERSION, "240p.mp4").read_text() == "first"
    assert {path.name for path in files_below(storage)} == {"240p.mp4", f"{asset_id}.lock"}


def test_a_workplace_starts_empty_and_is_gone_afterwards(storage):
    asset_id = new_uuid()
    left = storage.root / "work" / asset_id / "240p.mp4"
    left.parent.mkdir(parents=True)
    left.write_text("left by a worker that was killed")
    with storage.workplace(asset_id) as folder:
        assert list(folder.iterdir()) == []
    assert not left.parent.exists()


def test_a_second_worker_waits_for_the_first(storage):
    asset_id = new_uuid()
    order = []

    def second():
        with storage.workplace(asset_id):
            order.append("second")

    with storage.workplace(asset_id) as folder:
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.3)
        assert folder.exists()
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_uploads_that_broke_off_over_a_day_ago_are_swept(storage):
    incoming = storage.root / "incoming"
    incoming.mkdir(parents=True)
    for name in ("old", "new"):
        (incoming / name).write_text("half a video")
    old = (utc_now() - timedelta(hours=25)).timestamp()
    os.utime(incoming / "old", (old, old))
    assert storage.sweep(at=utc_now()) == 1
    assert [path.name for path in incoming.iterdir()] == ["new"]


def test_room_is_kept_beside_an_upload(storage):
    assert storage.has_room(1)
    assert not storage.has_room(10**18)
