"""The bytes of videos, posters and captions."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from lms.core.clock import utc_now
from lms.core.ids import new_uuid
from lms.media.domain.ranges import SLICE_BYTES
from tests.factories.media import make_caption
from tests.functional.media.conftest import SIZE


def code_of(response):
    return response.get_json()["code"]


JSON = {"Accept": "application/json"}


def test_a_learner_with_a_ticket_gets_the_video(watcher, files):
    response = watcher.get("240p.mp4")
    assert response.status_code == 200
    assert response.data == files["240p.mp4"]
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.headers["Accept-Ranges"] == "bytes"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Cache-Control"] == "private, max-age=21600"


def test_the_sound_alone_comes_with_the_ticket_in_parts_too(watcher, files, new_client):
    response = watcher.get("audio.m4a", headers={"Range": "bytes=1000-1999"})
    assert response.status_code == 206
    assert response.data == files["audio.m4a"][1000:2000]
    assert response.headers["Content-Range"] == f"bytes 1000-1999/{SIZE}"
    assert response.headers["Content-Type"] == "audio/mp4"
    assert response.headers["Cache-Control"] == "private, max-age=21600"
    stranger, _ = new_client()
    assert stranger.get(f"/media/{watcher.ticket}/audio.m4a", headers=JSON).status_code == 403


def test_the_poster_comes_with_the_ticket_too(watcher, files):
    response = watcher.get("poster.webp")
    assert response.data == files["poster.webp"]
    assert response.headers["Content-Type"] == "image/webp"


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-", 0, SLICE_BYTES),
        ("bytes=1000-1999", 1000, 2000),
        (f"bytes=0-{SLICE_BYTES}", 0, SLICE_BYTES + 1),
        (f"bytes=0-{SIZE}", 0, SIZE),
        ("bytes=2400000-", 2_400_000, SIZE),
        ("bytes=-100", SIZE - 100, SIZE),
    ],
)
def test_a_range_with_an_end_is_answered_whole_and_others_in_slices(
    watcher, files, asked, start, stop
):
    response = watcher.get("480p.mp4", headers={"Range": asked})
    assert response.status_code == 206
    assert response.data == files["480p.mp4"][start:stop]
    assert response.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{SIZE}"
    assert response.headers["Content-Length"] == str(stop - start)


def test_a_player_that_asks_on_gets_the_whole_video(watcher, files):
    got = b""
    while len(got) < SIZE:
        got += watcher.get("480p.mp4", headers={"Range": f"bytes={len(got)}-"}).data
    assert got == files["480p.mp4"]


@pytest.mark.usefixtures("files")
def test_a_range_behind_the_end_is_refused_with_the_size(watcher):
    response = watcher.get("240p.mp4", headers={"Range": f"bytes={SIZE}-"})
    assert response.status_code == 416
    assert response.headers["Content-Range"] == f"bytes */{SIZE}"


@pytest.mark.parametrize("asked", ["bytes=5-3", "bytes=0-1,5-6", "items=0-1", "bytes=" + "9" * 99])
def test_a_range_that_is_none_is_ignored(watcher, files, asked):
    assert watcher.get("240p.mp4", headers={"Range": asked}).data == files["240p.mp4"]


@pytest.mark.usefixtures("files")
def test_what_the_browser_has_is_not_sent_again(watcher):
    first = watcher.get("240p.mp4")
    again = watcher.get("240p.mp4", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert again.data == b""
    other = watcher.get("480p.mp4", headers={"If-None-Match": first.headers["ETag"]})
    assert other.status_code == 200


def test_a_range_goes_on_only_with_the_file_it_was_begun_with(watcher, files):
    tag = watcher.get("240p.mp4").headers["ETag"]
    same = watcher.get("240p.mp4", headers={"Range": "bytes=10-19", "If-Range": tag})
    assert same.data == files["240p.mp4"][10:20]
    changed = watcher.get("240p.mp4", headers={"Range": "bytes=10-19", "If-Range": '"old"'})
    assert (changed.status_code, len(changed.data)) == (200, SIZE)


@pytest.mark.usefixtures("files")
def test_head_tells_the_size_and_sends_nothing(watcher):
    address = f"/media/{watcher.ticket}/240p.mp4"
    response = watcher.client.head(address, headers={"Range": "bytes=0-9"})
    assert response.status_code == 200
    assert response.headers["Content-Length"] == str(SIZE)
    assert response.data == b""


@pytest.mark.usefixtures("files")
def test_a_slice_costs_no_statement_beyond_the_sign_in(watcher, database):
    asked = []

    def listen(_connection, _cursor, statement, *_rest):
        if not statement.startswith(("BEGIN", "PRAGMA")):
            asked.append(statement)

    event.listen(database.engine, "before_cursor_execute", listen)
    assert watcher.get("240p.mp4", headers={"Range": "bytes=0-"}).status_code == 206
    assert len(asked) == 1
    assert "sign_in" in asked[0]


@pytest.mark.usefixtures("files")
def test_a_ticket_is_refused_to_anyone_else(watcher, app, new_client):
    stranger, _ = new_client()
    for client in (stranger, app.test_client()):
        response = client.get(f"/media/{watcher.ticket}/240p.mp4", headers=JSON)
        assert response.status_code == 403
        assert code_of(response) == "ticket_not_yours"


@pytest.mark.usefixtures("files")
def test_a_ticket_ends_with_the_sign_in_it_was_issued_to(watcher):
    with watcher.client.session_transaction() as cookie:
        cookie.clear()
    assert watcher.get("240p.mp4").status_code == 403


@pytest.mark.usefixtures("files")
def test_an_expired_ticket_is_refused(watcher, issue):
    at = utc_now() - timedelta(hours=6, seconds=1)
    response = watcher.client.get(f"/media/{issue(watcher.actor, at=at)}/240p.mp4", headers=JSON)
    assert (response.status_code, code_of(response)) == (403, "ticket_expired")


@pytest.mark.usefixtures("files")
def test_a_ticket_that_was_tampered_with_is_refused(watcher, issue):
    payload, _, signature = watcher.ticket.rpartition(".")
    forged = issue(watcher.actor, secret_key="another key " + "k" * 32)
    for ticket in (f"{payload}.{signature[:-1]}", f"x{payload}.{signature}", payload, "x", forged):
        response = watcher.client.get(f"/media/{ticket}/240p.mp4", headers=JSON)
        assert (response.status_code, code_of(response)) == (403, "ticket_invalid")


@pytest.mark.usefixtures("files")
@pytest.mark.parametrize(
    "name",
    ["1080p.mp4", "1080p.m3u8", "source", "fr.vtt", "240p.mp4.lock", "..%2F..%2Fsecret.key", "%00"],
)
def test_only_the_names_of_an_asset_are_served(watcher, name):
    assert watcher.get(name).status_code == 404


def test_a_file_that_is_gone_is_not_found(watcher):
    assert watcher.get("240p.mp4", headers=JSON).status_code == 404


def test_a_refusal_is_a_sentence_in_the_persons_language(watcher, app):
    address = f"/media/{watcher.ticket}/240p.mp4"
    told = app.test_client().get(address, headers={**JSON, "Accept-Language": "zh"}).get_json()
    assert told["detail"] == "这个视频地址是别人的。请您自己打开这一课。"


def test_captions_come_with_the_ticket(watcher, database, asset):
    with database.transaction() as session:
        text = make_caption(session, asset).text
    response = watcher.get("zh.vtt")
    assert response.text == text
    assert response.headers["Content-Type"] == "text/vtt; charset=utf-8"
    again = watcher.get("zh.vtt", headers={"If-None-Match": response.headers["ETag"]})
    assert again.status_code == 304
    assert watcher.get("en.vtt").status_code == 404


def test_the_web_server_in_front_is_told_where_the_file_lies(app, watcher, asset, settings):
    app.extensions["lms_settings"] = replace(settings, accel_redirect="/protected/")
    response = watcher.get("240p.mp4")
    place = f"assets/{asset.id[:2]}/{asset.id}/{asset.version}/240p.mp4"
    assert response.headers["X-Accel-Redirect"] == f"/protected/{place}"
    assert response.headers["Content-Type"] == "video/mp4"
    assert response.data == b""


def test_a_poster_is_shown_to_visitors_for_a_year_without_any_statement(
    client, database, asset, files
):
    asked = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: asked.append(a[2]))
    response = client.get(f"/posters/{asset.id}/{asset.version}.webp")
    assert response.data == files["poster.webp"]
    assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert asked == []


@pytest.mark.usefixtures("files")
def test_a_guessed_poster_is_not_found(client, asset):
    for path in (f"{new_uuid()}/{asset.version}", f"{asset.id}/{'0' * 32}", "x/y"):
        assert client.get(f"/posters/{path}.webp").status_code == 404
