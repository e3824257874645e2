"""What is promised of files on their way in, asked of the disk and of a bucket alike."""

import hashlib
import io

import pytest

from lms.core.errors import NotFound
from lms.core.ids import new_uuid
from lms.media.domain.tus import Checksum
from lms.media.gateway.incoming import ChecksumDiffers, Chunk, MovedOn
from lms.media.gateway.storage import LocalStorage, Storage
from lms.media.gateway.storage.s3 import S3Storage

DATA = hashlib.sha256(b"seed").digest() * 2_000


@pytest.fixture(params=["disk", "bucket"])
def store(request, tmp_path) -> Storage:
    if request.param == "disk":
        return LocalStorage(tmp_path / "media")
    return S3Storage(tmp_path / "media", request.getfixturevalue("bucket"))


@pytest.fixture
def uploads(store):
    return store.uploads


@pytest.fixture
def upload_id(uploads):
    name = new_uuid()
    uploads.create(name)
    return name


def chunk(offset, data, **rest):
    return Chunk(offset, len(data), io.BytesIO(data), **rest)


def md5(data):
    return Checksum("md5", hashlib.md5(data).digest())  # noqa: S324 (what the protocol allows)


class Breaking(io.BytesIO):
    """Yields its bytes; then the line breaks."""

    def read(self, size=-1):
        block = super().read(size)
        if not block:
            raise ConnectionResetError
        return block


def test_pieces_make_up_the_file(uploads, upload_id):
    assert uploads.size(upload_id) == 0
    for at in range(0, len(DATA), 10_000):
        part = DATA[at : at + 10_000]
        assert uploads.append(upload_id, chunk(at, part)) == at + len(part)
        assert uploads.size(upload_id) == at + len(part)
    assert uploads.digest(upload_id) == hashlib.sha256(DATA).hexdigest()
    assert uploads.head(upload_id, 15_000) == DATA[:15_000]


@pytest.mark.parametrize("offset", [0, 9, 11, 10**12])
def test_only_the_end_can_be_written(uploads, upload_id, offset):
    uploads.append(upload_id, chunk(0, DATA[:10]))
    with pytest.raises(MovedOn):
        uploads.append(upload_id, chunk(offset, b"x"))
    assert uploads.head(upload_id, 99) == DATA[:10]


def test_what_arrived_before_the_line_broke_stays_unless_it_was_to_be_proven(uploads, upload_id):
    with pytest.raises(ConnectionResetError):
        uploads.append(upload_id, Chunk(0, 100, Breaking(DATA[:40])))
    assert uploads.size(upload_id) == 40
    proof = md5(DATA[40:100])
    with pytest.raises(ConnectionResetError):
        uploads.append(upload_id, Chunk(40, 60, Breaking(DATA[40:70]), proof))
    with pytest.raises(ChecksumDiffers):
        uploads.append(upload_id, chunk(40, b"?" * 60, checksum=proof))
    assert uploads.size(upload_id) == 40
    assert uploads.append(upload_id, chunk(40, DATA[40:100], checksum=proof)) == 100
    assert uploads.head(upload_id, 999) == DATA[:100]


def test_a_chunk_of_nothing_changes_nothing(uploads, upload_id):
    assert uploads.append(upload_id, chunk(0, b"")) == 0
    uploads.append(upload_id, chunk(0, DATA[:10]))
    assert uploads.append(upload_id, chunk(10, b"")) == 10


def test_a_whole_file_becomes_an_original_as_often_as_it_is_asked_for(
    store, uploads, upload_id, tmp_path
):
    uploads.append(upload_id, chunk(0, DATA))
    uploads.keep(upload_id)
    sha256 = uploads.digest(upload_id)
    for _ in range(2):
        store.keep_upload(upload_id, sha256)
    uploads.remove(upload_id)
    store.bring_original(sha256, tmp_path / "brought")
    assert (tmp_path / "brought").read_bytes() == DATA
    assert list(uploads.known()) == []


def test_what_lies_there_is_known_until_it_is_removed(uploads, upload_id):
    uploads.append(upload_id, chunk(0, DATA[:10]))
    assert list(uploads.known()) == [upload_id]
    for _ in range(2):
        uploads.remove(upload_id)
    assert list(uploads.known()) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "assets", "A" * 5_000])
def test_no_name_but_our_own_is_an_upload(uploads, name):
    for call in (uploads.size, uploads.remove, uploads.digest):
        with pytest.raises(NotFound):
            call(name)


def test_an_old_connection_that_ends_late_takes_nothing_back(bucket, tmp_path):
    """Two machines gather a piece of the same place; the shorter one is put last."""
    here, there = (S3Storage(tmp_path / name, bucket).uploads for name in ("here", "there"))
    upload_id = new_uuid()

    class Late(io.BytesIO):
        def read(self, size=-1):
            block = super().read(size)
            if not block:
                # Meanwhile the person came back on another line.
                assert here.append(upload_id, chunk(0, DATA[:500])) == 500
                raise ConnectionResetError
            return block

    with pytest.raises(ConnectionResetError):
        there.append(upload_id, Chunk(0, 500, Late(DATA[:200])))
    assert here.size(upload_id) == there.size(upload_id) == 500
    assert here.append(upload_id, chunk(500, DATA[500:])) == len(DATA)
    assert there.digest(upload_id) == hashlib.sha256(DATA).hexdigest()
