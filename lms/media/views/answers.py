"""Answers with parts of files: one slice at a time, never a whole video in memory."""

import hashlib
from pathlib import Path

from flask import Response, request
from werkzeug.exceptions import RequestedRangeNotSatisfiable

from lms.core.errors import NotFound
from lms.media.domain.names import TYPES
from lms.media.domain.ranges import Choice, Part, Unsatisfiable, Whole, choose_range
from lms.media.domain.ranges import is_range_current as is_current
from lms.media.gateway.storage import Storage, read_slice
from lms.web.access import settings

_CAPTIONS = "text/vtt; charset=utf-8"


def answer_file(asset_id: str, version: str, name: str, *, cache: str) -> Response:
    """Return the file, or the slice asked for, without a single database statement.

    The version is a hash over the files, so with the name it is the content's own tag. Behind a
    web server that can, only the file's place is answered. Raises ``NotFound``.
    """
    storage = Storage(settings().media_dir)
    path = storage.served(asset_id, version, name)
    prefix = settings().accel_redirect
    if prefix is not None:
        response = Response(mimetype=TYPES[path.suffix])
        response.headers["X-Accel-Redirect"] = f"{prefix.rstrip('/')}/{storage.relative(path)}"
        response.headers["Cache-Control"] = cache
        return response
    return _from_disk(path, f"{version}-{name}", cache)


def answer_text(text: str, *, cache: str) -> Response:
    """Return captions."""
    body = text.encode()
    tag = hashlib.sha256(body).hexdigest()
    if request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag, cache)
    return _tagged(Response(body, content_type=_CAPTIONS), tag, cache)


def _from_disk(path: Path, tag: str, cache: str) -> Response:
    try:
        size = path.stat().st_size
    except FileNotFoundError as error:
        raise NotFound from error
    if request.if_none_match.contains_weak(tag):
        return _tagged(Response(status=304), tag, cache)
    choice = _choose(size, tag)
    if isinstance(choice, Unsatisfiable):
        raise RequestedRangeNotSatisfiable(length=size)
    response = _slice(path, choice, size)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return _tagged(response, tag, cache)


def _choose(size: int, tag: str) -> Choice:
    """Ranges are for GET alone (RFC 9110, 14.2), and only for the file they were begun with."""
    is_wanted = request.method == "GET" and is_current(request.headers.get("If-Range"), f'"{tag}"')
    return choose_range(request.headers.get("Range") if is_wanted else None, size)


def _slice(path: Path, choice: Whole | Part, size: int) -> Response:
    part = choice if isinstance(choice, Part) else Part(0, size)
    response = Response(
        read_slice(path, part.start, part.stop),
        status=206 if isinstance(choice, Part) else 200,
        mimetype=TYPES[path.suffix],
        direct_passthrough=True,
    )
    response.content_length = part.stop - part.start
    if isinstance(choice, Part):
        response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


def _tagged(response: Response, tag: str, cache: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = cache
    return response
