"""Uploads that go on where the line broke: tus 1.0.0 (https://tus.io) for the videos of drafts."""

from collections.abc import Callable
from datetime import datetime
from functools import partial, wraps
from typing import Any

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from lms.catalog import service as catalog
from lms.core.access import Permission
from lms.core.clock import rfc3339
from lms.core.errors import InvalidInput, NotFound
from lms.db.session import now
from lms.media import service as media
from lms.media.domain import tus
from lms.media.gateway.incoming import ChecksumDiffers, Chunk, MovedOn
from lms.media.gateway.storage import Storage, storage_of
from lms.media.models import Upload
from lms.studio import forms
from lms.web.access import current_actor, database, public, requires, settings
from lms.web.server import csrf

bp = Blueprint("uploads", __name__, url_prefix="/api/v1/uploads")
View = Callable[..., ResponseReturnValue]
_ONE = "/<upload_id>"
_OVERRIDE = "X-HTTP-Method-Override"
# Flask would answer OPTIONS by itself, without saying what we can do.
_route = partial(bp.route, provide_automatic_options=False)


def tus_call(view: View) -> View:
    """Check the protocol's version and, once the person is known, the form token.

    Looking for the token first would read the body, which may be as large as a video.
    """

    @wraps(view)
    def checked(**arguments: object) -> ResponseReturnValue:
        if request.headers.get("Tus-Resumable") != tus.VERSION:
            raise forms.tus_version_unknown()
        request.max_content_length = media.MAX_BYTES
        csrf.protect()
        return view(**arguments)

    csrf.exempt(checked)
    return checked


@bp.after_request
def say_version(response: Response) -> Response:
    """Every answer names the version; none of them may be kept."""
    response.headers["Tus-Resumable"] = response.headers["Tus-Version"] = tus.VERSION
    response.headers["Cache-Control"] = "no-store"
    return response


@_route("", methods=["OPTIONS"])
@_route(_ONE, methods=["OPTIONS"], endpoint="abilities_of_one")
@public
def abilities(upload_id: str = "") -> ResponseReturnValue:  # noqa: ARG001 (both addresses answer)
    """Say what this server can do."""
    return (
        "",
        204,
        {
            "Tus-Extension": tus.EXTENSIONS,
            "Tus-Max-Size": str(media.MAX_BYTES),
            "Tus-Checksum-Algorithm": ",".join(tus.ALGORITHMS),
        },
    )


@_route("", methods=["GET"])
@requires(Permission.MEDIA_UPLOAD)
def unfinished() -> ResponseReturnValue:
    """List the person's uploads that are not whole, so that any browser can go on with them."""
    with database().snapshot() as session:
        uploads = media.unfinished_uploads(
            session, owner_id=current_actor().person_id, at=now(session)
        )
    return {"items": [_as_json(upload, name) for upload, name in uploads], "next": None}


@_route("", methods=["POST"])
@requires(Permission.MEDIA_UPLOAD)
@tus_call
def create() -> ResponseReturnValue:
    """Make room for a file; what comes with the request is taken at once."""
    new = forms.new_upload(dict(request.headers))
    storage = storage_of(settings())
    with database().transaction() as session:
        if new.item_id is not None:
            catalog.place_of_item(session, actor=current_actor(), item_id=new.item_id)
        upload = media.begin_upload(
            session,
            new=new,
            owner_id=current_actor().person_id,
            storage=storage,
            at=now(session),
        )
    storage.uploads.create(upload.asset_id)
    response = _told(upload, 0, status=201)
    if request.mimetype == tus.CHUNK_TYPE:
        response = _take(storage, upload, offset=0, status=201)
    response.headers["Location"] = url_for(
        "uploads.how_far", upload_id=upload.asset_id, _external=True
    )
    return response


@_route(_ONE, methods=["HEAD"])
@requires(Permission.MEDIA_UPLOAD)
@tus_call
def how_far(upload_id: str) -> ResponseReturnValue:
    """Say how many bytes are there.

    A process may have died between the last byte and its answer: a client that is told here that
    all of it arrived sends nothing more.
    """
    upload = _own(upload_id)
    storage = storage_of(settings())
    size = media.size_of(storage, upload)
    if size == upload.byte_size and upload.finished_at is None:
        media.keep_whole(storage, upload)
        upload = _record(storage, upload)
    response = _told(upload, size, status=200)
    response.headers["Upload-Length"] = str(upload.byte_size)
    if upload.headers:
        response.headers["Upload-Metadata"] = upload.headers
    return response


@_route(_ONE, methods=["PATCH"])
@requires(Permission.MEDIA_UPLOAD)
@tus_call
def go_on(upload_id: str) -> ResponseReturnValue:
    """Take the next bytes."""
    upload = _own(upload_id)
    storage = storage_of(settings())
    offset = forms.chunk_offset(
        dict(request.headers), kind=request.mimetype, size=media.size_of(storage, upload)
    )
    return _take(storage, upload, offset=offset, status=204)


@_route(_ONE, methods=["DELETE"])
@requires(Permission.MEDIA_UPLOAD)
@tus_call
def stop(upload_id: str) -> ResponseReturnValue:
    """Forget the upload and what arrived of it."""
    upload = _own(upload_id)
    _forget(storage_of(settings()), upload)
    return "", 204


@_route(_ONE, methods=["POST"])
@requires(Permission.MEDIA_UPLOAD)
def overridden(upload_id: str) -> ResponseReturnValue:
    """Serve clients that can only say POST."""
    views: dict[str, View] = {"PATCH": go_on, "DELETE": stop, "HEAD": how_far}
    view = views.get(request.headers.get(_OVERRIDE, "").upper())
    if view is None:
        raise NotFound
    return view(upload_id=upload_id)


# Each of the views it hands on to checks the token once the body may be large.
csrf.exempt(overridden)


def _own(upload_id: str) -> Upload:
    with database().snapshot() as session:
        return media.own_upload(
            session, upload_id, owner_id=current_actor().person_id, at=now(session)
        )


def _take(storage: Storage, upload: Upload, *, offset: int, status: int) -> Response:
    """Append the body, write down how far it is, then answer.

    A line that breaks leaves what arrived; nobody is there to be answered.
    """
    left = upload.byte_size - offset
    checksum = forms.chunk_checksum(dict(request.headers), body=request.content_length, left=left)
    try:
        size = media.append_chunk(storage, upload, Chunk(offset, left, request.stream, checksum))
    except MovedOn as error:
        raise forms.offset_differs() from error
    except ChecksumDiffers as error:
        raise forms.checksum_differs() from error
    except ClientDisconnected:
        _record(storage, upload)
        raise
    try:
        media.refuse_unlike_video(storage, upload, before=offset, size=size)
    except InvalidInput:
        _forget(storage, upload)
        raise
    return _told(_record(storage, upload), size, status=status)


def _record(storage: Storage, upload: Upload) -> Upload:
    size = media.size_of(storage, upload)
    with database().transaction() as session:
        at = now(session)
        kept, is_whole = media.record_received(session, upload.asset_id, size=size, at=at)
        if is_whole and upload.item_id is not None:
            _attach(session, upload, at)
    return kept


def _attach(session: Session, upload: Upload, at: datetime) -> None:
    """Give the item its video. Where its draft is gone, the video waits among the person's own."""
    try:
        place, key = catalog.place_of_item(
            session, actor=current_actor(), item_id=upload.item_id or 0
        )
    except NotFound:
        return
    catalog.attach_asset(session, place=place, item_key=key, asset_id=upload.asset_id, at=at)


def _forget(storage: Storage, upload: Upload) -> None:
    with database().transaction() as session:
        is_forgotten = media.give_up(session, upload.asset_id)
    if is_forgotten:
        storage.uploads.remove(upload.asset_id)


def _told(upload: Upload, size: int, *, status: int) -> Response:
    response = Response(status=status)
    response.headers["Upload-Offset"] = str(size)
    if upload.finished_at is None:
        response.headers["Upload-Expires"] = http_date(upload.expires_at)
    return response


def _as_json(upload: Upload, filename: str) -> dict[str, Any]:
    return {
        "id": upload.asset_id,
        "url": url_for("uploads.how_far", upload_id=upload.asset_id),
        "filename": filename,
        "modified": upload.modified,
        "bytes": upload.byte_size,
        "received": upload.received_bytes,
        "item": str(upload.item_id) if upload.item_id is not None else None,
        "expires_at": rfc3339(upload.expires_at),
    }
