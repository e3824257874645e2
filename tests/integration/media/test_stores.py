"""What every store promises, asked of the disk and of a bucket alike."""

import hashlib
import http.client
import io
import os
from urllib.parse import urlsplit

import pytest

from lms.core.errors import NotFound
from lms.core.ids import new_uuid
from lms.media.domain.names import POSTER
from lms.media.gateway.storage import Elsewhere, InHand, LocalStorage, OnDisk, Storage
from lms.media.gateway.storage.s3 import S3Storage

HEAD = b"\x00\x00\x00\x20ftypisom"
VERSION = "0" * 32
VIDEO = os.urandom(50_000)
FILES = {"240p.mp4": VIDEO, "audio.m4a": b"sound" * 900, POSTER: b"RIFF....WEBP" * 20}


@pytest.fixture(params=["disk", "bucket"])
def store(request, tmp_path) -> Storage:
    if request.param == "disk":
        return LocalStorage(tmp_path / "media")
    return S3Storage(tmp_path / "media", request.getfixturevalue("bucket"))


def publish(store, asset_id, files=FILES, version=VERSION):
    with store.workplace(asset_id) as folder:
        out = folder / "out"
        out.mkdir()
        for name, content in files.items():
            (out / name).write_bytes(content)
        store.publish(out, asset_id, version)


def content_of(handed):
    """Fetch what was handed over as a player would."""
    if isinstance(handed, OnDisk):
        return handed.path.read_bytes()
    if isinstance(handed, InHand):
        return handed.body
    assert isinstance(handed, Elsewhere)
    address = urlsplit(handed.address)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("GET", f"{address.path}?{address.query}")
        return connection.getresponse().read()
    finally:
        connection.close()


def test_a_published_set_is_handed_over_byte_for_byte(store):
    asset_id = new_uuid()
    publish(store, asset_id)
    for name, content in FILES.items():
        assert content_of(store.hand_over(asset_id, VERSION, name)) == content


def test_publishing_the_same_set_again_changes_nothing(store):
    asset_id = new_uuid()
    publish(store, asset_id)
    publish(store, asset_id)
    assert content_of(store.hand_over(asset_id, VERSION, "240p.mp4")) == VIDEO


def test_versions_of_an_asset_lie_beside_each_other(store):
    asset_id = new_uuid()
    publish(store, asset_id)
    publish(store, asset_id, {"240p.mp4": b"sharper"}, "1" * 32)
    assert content_of(store.hand_over(asset_id, "1" * 32, "240p.mp4")) == b"sharper"
    assert content_of(store.hand_over(asset_id, VERSION, "240p.mp4")) == VIDEO


def test_an_upload_is_kept_under_the_name_of_its_content_and_can_be_worked_on(store, tmp_path):
    data = HEAD + os.urandom(400_000)
    received = store.take_in(io.BytesIO(data), limit=1_000_000)
    assert received.sha256 == hashlib.sha256(data).hexdigest()
    assert received.byte_size == len(data)
    # The same file once more is no fault.
    assert store.take_in(io.BytesIO(data), limit=1_000_000) == received
    store.bring_original(received.sha256, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == data
    assert list((store.root / "incoming").iterdir()) == []


def test_an_original_that_was_lost_is_told_as_such(store, tmp_path):
    with pytest.raises(NotFound) as raised:
        store.bring_original("a" * 64, tmp_path / "source")
    assert raised.value.code == "original_lost"


def test_files_of_a_set_are_brought_where_they_are_there(store, tmp_path):
    asset_id = new_uuid()
    publish(store, asset_id)
    store.bring_set(asset_id, VERSION, ["240p.mp4", "480p.mp4", POSTER], tmp_path)
    assert (tmp_path / "240p.mp4").read_bytes() == VIDEO
    assert (tmp_path / POSTER).exists()
    assert not (tmp_path / "480p.mp4").exists()


def test_one_file_is_copied_out_or_told_to_be_missing(store, tmp_path):
    asset_id = new_uuid()
    publish(store, asset_id)
    store.fetch(asset_id, VERSION, "240p.mp4", tmp_path / "copy.mp4")
    assert (tmp_path / "copy.mp4").read_bytes() == VIDEO
    with pytest.raises(NotFound):
        store.fetch(asset_id, VERSION, "480p.mp4", tmp_path / "none.mp4")
    assert not (tmp_path / "none.mp4").exists()


@pytest.mark.parametrize(
    ("asset_id", "version", "name"),
    [
        ("..", VERSION, "240p.mp4"),
        ("3f2b8c1e-7a45-4d0f-9b6c-1e2d3c4b5a69", "../../originals", "240p.mp4"),
        ("3f2b8c1e-7a45-4d0f-9b6c-1e2d3c4b5a69", VERSION, "../240p.mp4"),
        ("3f2b8c1e-7a45-4d0f-9b6c-1e2d3c4b5a69", VERSION, "source"),
    ],
)
def test_nothing_but_our_own_names_is_handed_over(store, tmp_path, asset_id, version, name):
    with pytest.raises(NotFound):
        store.hand_over(asset_id, version, name)
    with pytest.raises(NotFound):
        store.fetch(asset_id, version, name, tmp_path / "file")


@pytest.mark.parametrize("sha256", ["", "../../etc/passwd", "A" * 64])
def test_only_a_hash_names_an_original(store, tmp_path, sha256):
    with pytest.raises(NotFound):
        store.bring_original(sha256, tmp_path / "file")
