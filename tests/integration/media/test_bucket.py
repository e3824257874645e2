"""A bucket as the store: what lies where, what comes back, and what is told when it is away."""

import http.client
import io
import os
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine

from lms.core.clock import utc_now
from lms.core.errors import GatewayError, NotFound
from lms.core.ids import new_uuid
from lms.media.domain.names import POSTER
from lms.media.gateway.storage import Elsewhere, InHand
from lms.media.gateway.storage import s3 as s3_module
from lms.media.gateway.storage.bucket import Bucket
from lms.media.gateway.storage.s3 import ADDRESS_SECONDS, ASK_AGAIN_SECONDS, S3Storage
from tests.integration.media.test_stores import FILES, HEAD, VERSION, VIDEO, publish
from tests.support import run, s3

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def store(tmp_path, bucket) -> S3Storage:
    return S3Storage(tmp_path / "media", bucket)


def ask(address, **headers):
    """Return status, headers and body of what the store itself answers."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
    try:
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", f"{parts.path}?{parts.query}", headers=names)
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read()
    finally:
        connection.close()


def test_sets_and_originals_lie_where_the_papers_say(store, bucket):
    asset_id = new_uuid()
    publish(store, asset_id)
    received = store.take_in(io.BytesIO(HEAD + b"x" * 100), limit=1_000)
    place = f"assets/{asset_id[:2]}/{asset_id}/{VERSION}"
    assert s3.keys_in(bucket) == {
        *(f"{place}/{name}" for name in FILES),
        f"originals/{received.sha256[:2]}/{received.sha256}",
    }


def test_an_address_gives_the_ranges_a_player_asks_for(store):
    asset_id = new_uuid()
    publish(store, asset_id)
    handed = store.hand_over(asset_id, VERSION, "240p.mp4")
    status, headers, body = ask(handed.address, Range="bytes=1000-1999")
    assert (status, body) == (206, VIDEO[1000:2000])
    assert headers["Content-Range"] == f"bytes 1000-1999/{len(VIDEO)}"
    assert headers["Content-Type"] == "video/mp4"


def test_an_address_lives_for_an_hour_and_is_asked_for_again_before(store):
    handed = store.hand_over(new_uuid(), VERSION, "240p.mp4")
    assert isinstance(handed, Elsewhere)
    asked = parse_qs(urlsplit(handed.address).query)
    assert asked["X-Amz-Expires"] == [str(ADDRESS_SECONDS)]
    assert asked["response-content-type"] == ["video/mp4"]
    assert handed.seconds == ASK_AGAIN_SECONDS == 300 < ADDRESS_SECONDS == 3600


def test_an_address_that_was_tampered_with_opens_nothing(store, bucket):
    asset_id = new_uuid()
    publish(store, asset_id)
    address = store.hand_over(asset_id, VERSION, "240p.mp4").address
    assert ask(address)[0] == 200
    for forged in (
        address.replace("240p.mp4", "audio.m4a"),
        address.replace(f"X-Amz-Expires={ADDRESS_SECONDS}", "X-Amz-Expires=604800"),
        address[:-1] + ("0" if address[-1] != "0" else "1"),
        address.partition("?")[0],
    ):
        assert ask(forged)[0] == 403
    other = S3Storage(store.root, replace(bucket, secret_key="x" * 32))
    assert ask(other.hand_over(asset_id, VERSION, "240p.mp4").address)[0] == 403


def test_an_address_that_has_expired_opens_nothing(store):
    asset_id = new_uuid()
    publish(store, asset_id)
    with time_machine.travel(utc_now() - timedelta(seconds=ADDRESS_SECONDS + 5)):
        late = store.hand_over(asset_id, VERSION, "240p.mp4").address
    with time_machine.travel(utc_now() - timedelta(seconds=ADDRESS_SECONDS - 60)):
        early = store.hand_over(asset_id, VERSION, "240p.mp4").address
    assert ask(late)[0] == 403
    assert ask(early)[0] == 200


def test_a_poster_is_handed_through_and_kept(store, bucket):
    asset_id = new_uuid()
    publish(store, asset_id)
    assert store.hand_over(asset_id, VERSION, POSTER) == InHand(FILES[POSTER])
    key = f"assets/{asset_id[:2]}/{asset_id}/{VERSION}/{POSTER}"
    s3.client(bucket).delete_object(Bucket=bucket.name, Key=key)
    assert S3Storage(store.root, bucket).hand_over(asset_id, VERSION, POSTER) == InHand(
        FILES[POSTER]
    )
    with pytest.raises(NotFound):
        store.hand_over(new_uuid(), VERSION, POSTER)


def test_a_large_picture_is_sent_from_the_store_itself(store):
    asset_id = new_uuid()
    publish(store, asset_id, {POSTER: os.urandom(1024**2 + 1)})
    assert isinstance(store.hand_over(asset_id, VERSION, POSTER), Elsewhere)


def test_a_large_file_goes_in_parts_and_comes_back_whole(store, tmp_path):
    data = HEAD + os.urandom(36 * 1024**2)
    received = store.take_in(io.BytesIO(data), limit=50 * 1024**2)
    store.bring_original(received.sha256, tmp_path / "source")
    assert (tmp_path / "source").read_bytes() == data


def test_what_a_killed_run_left_half_is_put_over_by_the_next(store, bucket):
    asset_id = new_uuid()
    place = f"assets/{asset_id[:2]}/{asset_id}/{VERSION}"
    client = s3.client(bucket)
    client.put_object(Bucket=bucket.name, Key=f"{place}/240p.mp4", Body=b"from the killed run")
    publish(store, asset_id)
    assert ask(store.hand_over(asset_id, VERSION, "240p.mp4").address)[2] == VIDEO


def test_a_set_that_did_not_get_there_whole_is_not_published(store, bucket, monkeypatch):
    class Forgetful(Bucket):
        """Says it took the sound, and did not."""

        def put(self, path, key, content_type):
            if path.suffix != ".m4a":
                super().put(path, key, content_type)

    monkeypatch.setattr(s3_module, "Bucket", Forgetful)
    careless = S3Storage(store.root, bucket)
    with pytest.raises(GatewayError) as raised:
        publish(careless, new_uuid())
    assert (raised.value.code, raised.value.retryable) == ("store_incomplete", True)
    assert raised.value.message.params["reason"] == "audio.m4a"


def test_two_machines_share_a_bucket_and_nothing_else(store, bucket, tmp_path):
    asset_id = new_uuid()
    data = HEAD + os.urandom(10_000)
    received = store.take_in(io.BytesIO(data), limit=100_000)
    other = S3Storage(tmp_path / "another machine", bucket)
    other.bring_original(received.sha256, tmp_path / "source")
    publish(other, asset_id)
    assert (tmp_path / "source").read_bytes() == data
    assert ask(store.hand_over(asset_id, VERSION, "240p.mp4").address)[2] == VIDEO


def test_a_store_that_is_away_is_told_as_a_fault_that_passes(tmp_path):
    with s3.serving(run.run_folder()) as server:
        store = S3Storage(tmp_path / "media", server.new_bucket())
        server.stop()
        for attempt in (
            lambda: publish(store, new_uuid()),
            lambda: store.take_in(io.BytesIO(HEAD), limit=100),
            lambda: store.bring_original("a" * 64, tmp_path / "source"),
            lambda: store.hand_over(new_uuid(), VERSION, POSTER),
        ):
            with pytest.raises(GatewayError) as raised:
                attempt()
            assert (raised.value.code, raised.value.retryable) == ("store_away", True)
        server.start()
        asset_id = new_uuid()
        publish(store, asset_id)
        assert ask(store.hand_over(asset_id, VERSION, "240p.mp4").address)[2] == VIDEO


def test_keys_the_store_refuses_are_a_fault_that_passes_too(store, bucket):
    refused = S3Storage(store.root, replace(bucket, secret_key="x" * 32))
    with pytest.raises(GatewayError) as raised:
        publish(refused, new_uuid())
    assert raised.value.retryable


def test_a_site_with_local_files_never_loads_the_library():
    command = (
        "import sys; from pathlib import Path; import lms.app; "
        "from lms.media.gateway.storage import LocalStorage; LocalStorage(Path('x')); "
        "sys.exit('boto3' in sys.modules or 'botocore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", command], cwd=ROOT, check=False).returncode == 0
