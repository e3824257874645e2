"""A site whose videos lie in a bucket: from an instructor's upload to a learner's player."""

import hashlib
import http.client
import io
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
import time_machine
from sqlalchemy import select, update

from lms.core.access import Role
from lms.core.clock import utc_now
from lms.jobs.models import Job
from lms.jobs.tasks import Runner
from lms.media import queries, service
from lms.media.domain import names
from lms.media.domain.tickets import Right
from lms.media.gateway.storage import keys, storage_of
from lms.media.gateway.storage.s3 import ADDRESS_SECONDS, ASK_AGAIN_SECONDS
from lms.media.models import Asset
from lms.wiring import JOBS
from tests.factories.media import make_asset
from tests.factories.videos import video
from tests.functional.media.conftest import SIZE
from tests.support import run, s3, site

JSON = {"Accept": "application/json"}
CONTENT = b"".join(hashlib.sha256(bytes([number % 251])).digest() for number in range(SIZE // 32))


@pytest.fixture
def settings(tmp_path, database_url, bucket):
    return replace(site.settings_for_test(tmp_path, database_url), bucket=bucket)


@pytest.fixture
def publish(settings):
    """Put files of an asset into the bucket."""

    def publish(asset, **files):
        storage = storage_of(settings)
        with storage.workplace(asset.id) as folder:
            out = folder / "out"
            out.mkdir()
            for name, content in files.items():
                (out / name.replace("_", ".", 1)).write_bytes(content)
            storage.publish(out, asset.id, asset.version)

    return publish


def follow(response, **headers):
    """Go where the answer sends the browser, without its cookies; return status, type, body."""
    address = urlsplit(response.headers["Location"])
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=30)
    try:
        connection.request("GET", f"{address.path}?{address.query}", headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.headers["Content-Type"], answer.read()
    finally:
        connection.close()


def test_an_upload_is_prepared_on_another_machine_and_watched_from_the_bucket(
    new_client, database, settings, queue, tmp_path, bucket
):
    _, owner = new_client(Role.INSTRUCTOR)
    with video("flat.mp4").open("rb") as stream:
        received = service.receive(storage_of(settings), stream, declared_bytes=None)
    with database.transaction() as session:
        asset_id = service.register_upload(
            session, received=received, filename="课.mp4", owner_id=owner.person_id
        ).id
    elsewhere = replace(settings, data_dir=tmp_path / "another machine")
    site.Jobs(queue, Runner(database, elsewhere, JOBS))()
    with database.snapshot() as session:
        facts = queries.asset_facts(session, [asset_id])[asset_id]
    assert facts.is_playable, facts.error
    learner, actor = new_client()
    ticket = service.issue_ticket(
        settings.secret_key, facts, actor, right=Right.WATCH, at=utc_now()
    )
    for file in facts.renditions:
        sent_on = learner.get(f"/media/{ticket}/{file.label.filename}")
        status, _, whole = follow(sent_on)
        assert (sent_on.status_code, status, len(whole)) == (302, 200, file.byte_size)
        half = file.byte_size // 2
        status, _, part = follow(sent_on, Range=f"bytes={half}-{file.byte_size - 1}")
        assert status == 206
        assert hashlib.md5(part).digest() == hashlib.md5(whole[half:]).digest()  # noqa: S324
    assert learner.get(f"/media/{ticket}/poster.webp").data[8:12] == b"WEBP"
    # Nothing of it lies on the machine that took it in.
    left = [path for path in settings.media_dir.rglob("*") if path.is_file()]
    assert left == []
    assert any(key.startswith("originals/") for key in s3.keys_in(bucket))


def test_a_player_is_sent_on_and_told_to_ask_again_in_minutes(watcher, asset, publish, bucket):
    publish(asset, **{"480p_mp4": CONTENT})
    response = watcher.get("480p.mp4")
    assert response.status_code == 302
    assert response.headers["Location"].startswith(f"{bucket.endpoint}/{bucket.name}/assets/")
    assert response.headers["Cache-Control"] == f"private, max-age={ASK_AGAIN_SECONDS}"
    assert ASK_AGAIN_SECONDS < ADDRESS_SECONDS
    status, kind, body = follow(response, Range="bytes=1000000-1999999")
    assert (status, kind, body) == (206, "video/mp4", CONTENT[1_000_000:2_000_000])


def test_another_persons_and_an_old_ticket_are_sent_nowhere(watcher, asset, publish, new_client):
    publish(asset, **{"480p_mp4": CONTENT})
    stranger, _ = new_client()
    refused = stranger.get(f"/media/{watcher.ticket}/480p.mp4", headers=JSON)
    assert (refused.status_code, refused.get_json()["code"]) == (403, "ticket_not_yours")
    with time_machine.travel(utc_now() + timedelta(hours=6, seconds=1)):
        late = watcher.get("480p.mp4", headers=JSON)
    assert (late.status_code, late.get_json()["code"]) == (403, "ticket_expired")
    assert "Location" not in refused.headers
    assert "Location" not in late.headers


def test_a_poster_is_handed_through_with_one_address_for_a_year(client, asset, publish):
    publish(asset, poster_webp=b"RIFF0000WEBP")
    address = f"/posters/{asset.id}/{asset.version}.webp"
    response = client.get(address)
    assert (response.status_code, response.data) == (200, b"RIFF0000WEBP")
    assert response.headers["Content-Type"] == "image/webp"
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    again = client.get(address, headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert client.get(address, headers={"Range": "bytes=4-7"}).data == b"0000"


def test_a_playlist_keeps_the_address_its_names_are_relative_to(
    watcher, asset, publish, monkeypatch
):
    monkeypatch.setattr(keys, "STORED_NAMES", names.STORED_NAMES | {"master.m3u8"})
    monkeypatch.setitem(names.TYPES, ".m3u8", "application/vnd.apple.mpegurl")
    publish(asset, master_m3u8=b"#EXTM3U\n240p.m3u8\n")
    response = watcher.get("master.m3u8")
    assert (response.status_code, response.data) == (200, b"#EXTM3U\n240p.m3u8\n")
    assert response.headers["Content-Type"].startswith("application/vnd.apple.mpegurl")
    assert response.headers["Cache-Control"].startswith("private")


def test_pages_let_the_player_load_from_the_store_and_nowhere_else(client, bucket):
    policy = dict(
        part.strip().split(" ", 1)
        for part in client.get("/courses").headers["Content-Security-Policy"].split(";")
    )
    assert policy["media-src"] == f"'self' blob: {bucket.endpoint}"
    assert policy["connect-src"] == f"'self' {bucket.endpoint}"
    assert policy["img-src"] == f"'self' {bucket.endpoint}"
    assert policy["script-src"] == "'self'"


@pytest.fixture
def store_away(app, settings, tmp_path):
    """Let the site's bucket be on a server that does not answer."""
    with s3.serving(run.run_folder()) as server:
        gone = server.new_bucket()
    app.extensions["lms_settings"] = replace(settings, bucket=gone)
    return app.extensions["lms_settings"]


@pytest.mark.usefixtures("store_away")
def test_a_store_that_is_away_is_told_kindly(client, asset):
    response = client.get(
        f"/posters/{asset.id}/{asset.version}.webp", headers={"Accept-Language": "zh"}
    )
    assert response.status_code == 502
    assert "视频暂时取不到" in response.text


def test_a_job_rests_while_the_store_is_away_and_succeeds_afterwards(
    database, settings, store_away, queue, new_client
):
    _, owner = new_client(Role.INSTRUCTOR)
    data = video("flat.mp4").read_bytes()
    received = service.receive(storage_of(settings), io.BytesIO(data), declared_bytes=None)
    with database.transaction() as session:
        service.register_upload(
            session, received=received, filename="a.mp4", owner_id=owner.person_id
        )
    job_id = queue.waiting.pop()
    Runner(database, store_away, JOBS).run(job_id)
    with database.snapshot() as session:
        assert session.scalars(select(Asset.state)).all() == ["processing"]
    with database.transaction() as session:
        session.execute(update(Job).values(due_at=None))
    Runner(database, settings, JOBS).run(job_id)
    with database.snapshot() as session:
        assert session.scalars(select(Asset.state)).all() == ["ready"]


def test_nobody_is_served_a_version_before_its_row_names_it(
    database, settings, new_client, issue, publish
):
    """A set that lies in the bucket whole is still nobody's: tickets name what the row names."""
    with database.transaction() as session:
        waiting = make_asset(session, state="processing")
        waiting.version = None
    client, actor = new_client()
    with database.snapshot() as session:
        facts = queries.asset_facts(session, [waiting.id])[waiting.id]
    ticket = service.issue_ticket(
        settings.secret_key, facts, actor, right=Right.WATCH, at=utc_now()
    )
    assert client.get(f"/media/{ticket}/480p.mp4").status_code == 404
