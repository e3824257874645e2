"""Answers with media: parts of files, their place for the web server, or an address elsewhere."""

import hashlib
from functools import partial
from pathlib import PurePath

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from lms.media.domain.names import TYPES
from lms.media.domain.ranges import SLICE_BYTES, Choice, Part, Unsatisfiable, choose_range
from lms.media.domain.ranges import is_range_current as is_current
from lms.media.gateway.storage import Elsewhere, InHand, OnDisk, storage_of
from lms.media.views.sending import Turn, size_of
from lms.web.access import settings

_CAPTIONS = "text/vtt; charset=utf-8"


def answer_file(asset_id: str, version: str, name: str, *, cache: str) -> Response:
    """Return the file, or the slice asked for, without a single database statement.

    The version is a hash over the files, so with the name it is the content's own tag. Behind a
    web server that can, only the file's place is answered; where files are kept elsewhere, an
    address there. Raises ``NotFound``.
    """
    handed = storage_of(settings()).hand_over(asset_id, version, name)
    mimetype = TYPES[PurePath(name).suffix]
    if isinstance(handed, Elsewhere):
        return _sent_on(handed)
    prefix = settings().accel_redirect
    if prefix is not None and isinstance(handed, OnDisk):
        return _placed(handed, prefix, mimetype, cache)
    return _sent(handed, mimetype, f"{version}-{name}", cache)


def answer_text(text: str, *, cache: str) -> Response:
    """Return captions."""
    body = text.encode()
    tag = hashlib.sha256(body).hexdigest()
    if request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag, cache)
    return _tagged(Response(body, content_type=_CAPTIONS), tag, cache)


def _sent_on(handed: Elsewhere) -> Response:
    response = Response(status=302)
    response.headers["Location"] = handed.address
    # Asked again while the address still lives: it is good for whoever holds it, so not for long.
    response.headers["Cache-Control"] = f"private, max-age={handed.seconds}"
    return response


def _placed(handed: OnDisk, prefix: str, mimetype: str, cache: str) -> Response:
    response = Response(mimetype=mimetype)
    response.headers["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{handed.key}"
    response.headers["Cache-Control"] = cache
    return response


def _sent(source: OnDisk | InHand, mimetype: str, tag: str, cache: str) -> Response:
    size = size_of(source)
    if request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag, cache)
    if request.method == "HEAD":
        response = Response()
        response.content_length = size
    else:
        response = _part(source, Turn(size, partial(_choose, size, tag)), size)
    response.mimetype = mimetype
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return _tagged(response, tag, cache)


def _choose(size: int, tag: str, limit: int | None) -> Choice:
    """Ranges are for GET alone (RFC 9110, 14.2), and only for the file they were begun with."""
    is_wanted = is_current(request.headers.get("If-Range"), f'"{tag}"')
    header = request.headers.get("Range") if is_wanted else None
    return choose_range(header, size, limit=limit or SLICE_BYTES)


def _part(source: OnDisk | InHand, turn: Turn, size: int) -> Response:
    choice = turn.choice
    if isinstance(choice, Unsatisfiable):
        raise RequestedRangeNotSatisfiable(length=size)
    part = choice if isinstance(choice, Part) else Part(0, size)
    response = Response(turn.body(source, part), direct_passthrough=True)
    response.content_length = part.stop - part.start
    if isinstance(choice, Part):
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def _tagged(response: Response, tag: str, cache: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    return response
