"""A view may take large bodies, but only from people who may call it."""

import io
from http import HTTPStatus

import pytest
from flask import Blueprint, request
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from lms.core.access import Permission
from lms.media import service
from lms.media.gateway.storage import storage_of
from lms.web.access import requires, settings
from lms.web.uploads import large_body

LIMIT = 6 * 1024 * 1024
HEAD = b"\x00\x00\x00\x20ftypisom"


@pytest.fixture
def uploads(app):
    """A page that takes videos, as the studio has one; returns how often it was reached."""
    bp = Blueprint("planted", __name__)
    reached = []

    @bp.post("/planted/form")
    @requires(Permission.MEDIA_UPLOAD)
    @large_body(LIMIT)
    def form():
        reached.append("form")
        with request.files["file"].stream as stream:
            return take(stream, None)

    @bp.post("/planted/raw")
    @requires(Permission.MEDIA_UPLOAD)
    @large_body(LIMIT)
    def raw():
        reached.append("raw")
        return take(request.stream, request.content_length)

    def take(stream, declared_bytes):
        received = service.receive(storage_of(settings()), stream, declared_bytes=declared_bytes)
        return {"sha256": received.sha256, "bytes": received.byte_size}

    app.register_blueprint(bp)
    return reached


def send_raw(client, size, **kwargs):
    return client.post(
        "/planted/raw",
        data=HEAD.ljust(size, b"x"),
        content_type="application/octet-stream",
        headers={"Accept": "application/json"},
        **kwargs,
    )


def send_form(client, size):
    sent = FileStorage(io.BytesIO(HEAD.ljust(size, b"x")), filename="第一课😀.mp4")
    boundary, body = encode_multipart({"file": sent})
    return client.post(
        "/planted/form",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
        headers={"Accept": "application/json"},
    )


@pytest.mark.usefixtures("uploads")
@pytest.mark.parametrize("send", [send_raw, send_form])
def test_an_instructor_sends_more_than_a_form_may_hold(instructor, send):
    response = send(instructor[0], 5_000_000)
    assert response.get_json()["bytes"] == 5_000_000


@pytest.mark.parametrize("send", [send_raw, send_form])
def test_more_than_the_limit_is_refused(instructor, uploads, send, settings):
    response = send(instructor[0], LIMIT + 1)
    assert response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert response.get_json()["code"] == "too_large"
    assert not (settings.media_dir / "originals").exists()
    assert uploads == []


@pytest.mark.parametrize("send", [send_raw, send_form])
def test_strangers_and_learners_are_turned_away_before_their_body_is_read(
    client, new_client, uploads, send
):
    learner, _ = new_client()
    assert send(client, 5_000_000).status_code in (HTTPStatus.FOUND, HTTPStatus.UNAUTHORIZED)
    assert send(learner, 5_000_000).status_code == HTTPStatus.FORBIDDEN
    assert uploads == []


def test_the_form_token_is_still_needed(instructor, uploads):
    response = send_raw(instructor[0], 100, csrf=False)
    assert response.status_code == HTTPStatus.BAD_REQUEST
    assert response.get_json()["code"] == "csrf_failed"
    assert uploads == []


@pytest.mark.usefixtures("uploads")
def test_a_refused_file_is_told_on_its_field(instructor):
    response = instructor[0].post(
        "/planted/raw",
        data=b"ffconcat version 1.0\nfile 'x.mp4'",
        content_type="application/octet-stream",
        headers={"Accept": "application/json"},
    )
    assert response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert response.get_json()["fields"]["file"]["code"] == "video_is_playlist"
