"""The file of an upload: grows at its end alone, keeps what arrived, no line holds another up."""

import hashlib
import io
import threading
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms.core.errors import NotFound
from lms.media.domain.tus import Checksum
from lms.media.gateway import incoming
from lms.media.gateway.incoming import ChecksumDiffers, Chunk, Incoming, MovedOn


@pytest.fixture
def engine():
    """Nothing here asks a database."""
    return "sqlite"


@pytest.fixture
def uploads(tmp_path):
    return Incoming(tmp_path / "uploads")


@pytest.fixture
def upload_id(uploads):
    name = str(uuid4())
    uploads.create(name)
    return name


def chunk(offset, data, **rest):
    return Chunk(offset, len(data), io.BytesIO(data), **rest)


def sha1(data):
    return Checksum("sha1", hashlib.sha1(data).digest())  # noqa: S324 (what the protocol asks for)


class Breaking(io.BytesIO):
    """Yields its bytes; then the line breaks."""

    def read(self, size=-1):
        block = super().read(size)
        if not block:
            raise ConnectionResetError
        return block


class Waiting(io.BytesIO):
    """Yields some bytes, then hangs until it is told to go on."""

    def __init__(self, first, rest):
        super().__init__(first)
        self._rest = io.BytesIO(rest)
        self.hangs = threading.Event()
        self.goes_on = threading.Event()

    def read(self, size=-1):
        block = super().read(size)
        if block:
            return block
        self.hangs.set()
        self.goes_on.wait(30)
        return self._rest.read(size)


def test_the_length_of_the_file_is_how_far_the_upload_is(uploads, upload_id):
    assert uploads.size(upload_id) == 0
    assert uploads.append(upload_id, chunk(0, b"abc")) == 3
    assert uploads.append(upload_id, chunk(3, b"defg")) == 7
    assert (uploads.size(upload_id), uploads.head(upload_id, 5)) == (7, b"abcde")
    assert uploads.digest(upload_id) == hashlib.sha256(b"abcdefg").hexdigest()


def test_creating_it_again_keeps_what_arrived(uploads, upload_id):
    uploads.append(upload_id, chunk(0, b"abc"))
    uploads.create(upload_id)
    assert uploads.size(upload_id) == 3


@pytest.mark.parametrize("offset", [0, 2, 4, 10**9])
def test_only_the_end_can_be_written(uploads, upload_id, offset):
    uploads.append(upload_id, chunk(0, b"abc"))
    with pytest.raises(MovedOn):
        uploads.append(upload_id, chunk(offset, b"x"))
    assert uploads.head(upload_id, 99) == b"abc"


def test_what_arrived_before_the_line_broke_stays(uploads, upload_id):
    with pytest.raises(ConnectionResetError):
        uploads.append(upload_id, Chunk(0, 100, Breaking(b"abc")))
    assert uploads.append(upload_id, chunk(3, b"def")) == 6
    assert uploads.head(upload_id, 99) == b"abcdef"


def test_nothing_stays_of_a_chunk_that_was_to_be_proven_and_broke(uploads, upload_id):
    uploads.append(upload_id, chunk(0, b"abc"))
    with pytest.raises(ConnectionResetError):
        uploads.append(upload_id, Chunk(3, 6, Breaking(b"def"), sha1(b"defghi")))
    with pytest.raises(ChecksumDiffers):
        uploads.append(upload_id, chunk(3, b"defghj", checksum=sha1(b"defghi")))
    assert uploads.append(upload_id, chunk(3, b"defghi", checksum=sha1(b"defghi"))) == 9
    assert uploads.head(upload_id, 99) == b"abcdefghi"


@pytest.mark.parametrize("last", [b"i", b"j"])
def test_what_is_to_be_proven_is_not_there_before_it_is(uploads, upload_id, last):
    uploads.append(upload_id, chunk(0, b"abc"))
    stream = Waiting(b"defgh", last)
    sender = threading.Thread(
        target=lambda: _send(uploads, upload_id, Chunk(3, 6, stream, sha1(b"defghi")))
    )
    sender.start()
    assert stream.hangs.wait(30)
    # What a process leaves that is killed now.
    assert uploads.head(upload_id, 99) == b"abc"
    stream.goes_on.set()
    sender.join(30)
    assert uploads.head(upload_id, 99) == (b"abcdefghi" if last == b"i" else b"abc")
    assert list(uploads.known()) == [upload_id]


def test_more_than_the_chunk_may_hold_is_not_read(uploads, upload_id):
    stream = io.BytesIO(b"abcdef")
    assert uploads.append(upload_id, Chunk(0, 4, stream)) == 4
    assert stream.read() == b"ef"


def test_who_comes_back_goes_on_while_the_old_line_still_hangs(uploads, upload_id):
    stale = Waiting(b"abc", b"OLD")
    outcome = []

    def send():
        try:
            uploads.append(upload_id, Chunk(0, 6, stale))
        except MovedOn:
            outcome.append("moved on")

    sender = threading.Thread(target=send)
    sender.start()
    assert stale.hangs.wait(30)
    assert uploads.append(upload_id, chunk(3, b"def")) == 6
    stale.goes_on.set()
    sender.join(30)
    assert outcome == ["moved on"]
    assert uploads.head(upload_id, 99) == b"abcdef"


def test_of_many_that_send_the_same_bytes_at_once_each_byte_is_kept_once(uploads, upload_id):
    data = hashlib.sha256(b"seed").digest() * 40_000
    sizes = []

    def send():
        try:
            sizes.append(uploads.append(upload_id, chunk(0, data)))
        except MovedOn:
            sizes.append(None)

    senders = [threading.Thread(target=send) for _ in range(8)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join(30)
    size = uploads.size(upload_id)
    assert uploads.head(upload_id, size) == data[:size]
    rest = data[size:]
    assert uploads.append(upload_id, chunk(size, rest)) == len(data)
    assert uploads.digest(upload_id) == hashlib.sha256(data).hexdigest()


def test_a_disk_that_is_full_leaves_whole_blocks_and_takes_more_later(
    uploads, upload_id, monkeypatch
):
    uploads.append(upload_id, chunk(0, b"abc"))
    wrote = incoming.FileIO.write

    class Full(incoming.FileIO):
        def write(self, data):
            wrote(self, bytes(data)[:2])
            raise OSError(28, "No space left on device")

    monkeypatch.setattr(incoming, "FileIO", Full)
    with pytest.raises(OSError, match="No space"):
        uploads.append(upload_id, chunk(3, b"defg"))
    monkeypatch.undo()
    assert uploads.head(upload_id, 99) == b"abc"
    assert uploads.append(upload_id, chunk(3, b"defg")) == 7


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "x", "00000000-0000-4000-8000-000000000000/../x", "A" * 5_000]
)
def test_no_name_but_our_own_is_a_file(uploads, name):
    for call in (uploads.size, uploads.create, uploads.remove, uploads.keep):
        with pytest.raises(NotFound):
            call(name)


def test_what_lies_there_is_known_and_can_be_removed(uploads, upload_id, tmp_path):
    (tmp_path / "uploads" / "notes.txt").write_text("not ours")
    assert list(uploads.known()) == [upload_id]
    uploads.remove(upload_id)
    uploads.remove(upload_id)
    assert list(uploads.known()) == []
    with pytest.raises(NotFound):
        uploads.size(upload_id)
    with pytest.raises(NotFound):
        uploads.append(upload_id, chunk(0, b"x"))


def test_a_whole_file_gets_a_second_name_without_being_copied(uploads, upload_id, tmp_path):
    uploads.append(upload_id, chunk(0, b"abc"))
    uploads.bring(upload_id, tmp_path / "kept")
    uploads.remove(upload_id)
    assert (tmp_path / "kept").read_bytes() == b"abc"


@given(
    data=st.binary(min_size=1, max_size=3_000),
    steps=st.lists(
        st.tuples(st.integers(1, 900), st.sampled_from(["whole", "breaks", "changed", "late"])),
        max_size=20,
    ),
)
def test_whatever_happens_on_the_way_the_file_is_the_one_that_was_sent(
    tmp_path_factory, data, steps
):
    uploads = Incoming(Path(tmp_path_factory.mktemp("any")))
    upload_id = str(uuid4())
    uploads.create(upload_id)
    for length, how in steps:
        at = uploads.size(upload_id)
        part = data[at : at + length]
        _send_somehow(uploads, upload_id, at, part, how)
        size = uploads.size(upload_id)
        assert uploads.head(upload_id, size) == data[:size]
        assert size >= at
    at = uploads.size(upload_id)
    uploads.append(upload_id, chunk(at, data[at:]))
    assert uploads.digest(upload_id) == hashlib.sha256(data).hexdigest()


def _send(uploads, upload_id, sent):
    with suppress(ConnectionResetError, ChecksumDiffers, MovedOn):
        uploads.append(upload_id, sent)


def _send_somehow(uploads, upload_id, at, part, how):
    if how == "whole":
        _send(uploads, upload_id, chunk(at, part, checksum=sha1(part)))
    elif how == "breaks":
        _send(uploads, upload_id, Chunk(at, len(part) + 1, Breaking(part[: len(part) // 2])))
    elif how == "changed":
        _send(uploads, upload_id, chunk(at, part + b"?", checksum=sha1(part)))
    else:
        _send(uploads, upload_id, chunk(at + 1, part))
