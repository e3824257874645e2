"""Turns coded errors into pages for people and problem JSON for programs; the only such place."""

from http import HTTPStatus
from urllib.parse import urlsplit

import structlog
from flask import Flask, Response, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import IntegrityError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException, SecurityError

from lms.core.clock import local_time, utc_now
from lms.core.errors import (
    ConfirmationNeeded,
    InvalidInput,
    LmsError,
    Message,
    NotSignedIn,
    PaymentRequired,
    SecondFactorNeeded,
    TokenRefused,
    TooMany,
)
from lms.db.ddl import ERASED
from lms.web.i18n import say
from lms.web.logs import request_id

log = structlog.get_logger(__name__)

# What werkzeug refuses by itself, in our words. Keys are HTTP statuses.
_PLAIN = {
    400: Message(
        "bad_request", "The request could not be understood. Please go back and try again."
    ),
    403: Message("not_allowed", "This page is not for your role."),
    404: Message("not_found", "We cannot find this."),
    405: Message("method_not_allowed", "This address does not take this kind of request."),
    413: Message("too_large", "This is larger than the site takes."),
    416: Message("range_not_satisfiable", "This part of the file does not exist."),
    429: Message("too_many", "That was too often. Please wait a little."),
    500: Message("server_error", "Something went wrong on our side."),
}
_AWAY = Message(
    "unavailable", "The site cannot answer for a moment. Please try again in a few seconds."
)
_ERASED = Message(
    "person_erased",
    "The data of this person was erased a moment ago. Nothing was written down about them.",
)
# How soon to come again, seconds: a database is back within moments, or somebody is called.
_AWAY_SECONDS = 5
_CSRF = Message("csrf_failed", "This page was open for too long. Please load it again and repeat.")
_PAGES = {403: "errors/403.html", 404: "errors/404.html", 500: "errors/500.html"}

# Refusals a person can mend on a page of their own, and then come back.
_DOORS: dict[type[LmsError], str] = {
    NotSignedIn: "accounts.sign_in",
    ConfirmationNeeded: "accounts.confirm",
    SecondFactorNeeded: "accounts.second_factor",
}


def init_errors(app: Flask) -> None:
    """Register the handlers."""
    app.register_error_handler(LmsError, _coded)
    app.register_error_handler(CSRFError, _csrf)
    app.register_error_handler(HTTPException, _plain)
    app.register_error_handler(Exception, _unexpected)
    app.register_error_handler(IntegrityError, _broken_promise)
    for away in (OperationalError, InterfaceError, PoolTimeout):
        app.register_error_handler(away, _database_away)


def _coded(error: LmsError) -> ResponseReturnValue:
    log.info("refused", code=error.code, status=error.status, path=request.path)
    door = _DOORS.get(type(error))
    if door is not None and not _wants_json():
        return redirect(url_for(door, next=_way_back()))
    checkout = error.checkout if isinstance(error, PaymentRequired) else None
    if checkout is not None and not _wants_json():
        return redirect(checkout)
    fields = error.fields if isinstance(error, InvalidInput) else {}
    response = _answer(error.status, error.message, fields, checkout)
    if isinstance(error, TooMany):
        response.headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, TokenRefused):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _way_back() -> str | None:
    """Return the page to come back to: this one, or the one whose form was sent."""
    if request.method == "GET":
        return request.full_path.rstrip("?")
    came_from = urlsplit(request.referrer or "")
    return came_from.path if came_from.netloc == request.host else None


def _csrf(error: CSRFError) -> ResponseReturnValue:
    log.info("refused", code=_CSRF.code, reason=error.description, path=request.path)
    return _answer(400, _CSRF, {})


def _plain(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if 300 <= status < 400:  # noqa: PLR2004 (redirects are exceptions in werkzeug)
        return error.get_response()
    if isinstance(error, SecurityError):
        # An untrusted Host: no page can be built, for its links would need an address.
        log.warning("untrusted_host", path=request.path)
        return Response(say(_PLAIN[400]), 400, mimetype="text/plain")
    message = _PLAIN.get(status) or Message("http_error", "The request was refused.")
    response = _answer(status, message, {})
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            response.headers.setdefault(name, value)
    return response


def _unexpected(error: Exception) -> ResponseReturnValue:
    log.error("unexpected", path=request.path, exc_info=error)
    return _answer(500, _PLAIN[500], {})


def _broken_promise(error: IntegrityError) -> ResponseReturnValue:
    """Tell who writes about somebody that the person was erased meanwhile; all else is a fault."""
    if ERASED not in str(error.orig):
        return _unexpected(error)
    log.info("refused", code=_ERASED.code, path=request.path)
    return _answer(409, _ERASED, {})


def _database_away(error: Exception) -> ResponseReturnValue:
    """Tell people to come again: the database restarts, or is busy for too long."""
    log.error("database_away", path=request.path, error=str(error.__cause__ or error))
    response = _answer(503, _AWAY, {})
    response.headers["Retry-After"] = str(_AWAY_SECONDS)
    return response


def _wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def _phrase(status: int) -> str:
    """Return what the status is called; protocols beside HTTP have some of their own."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Refused"


def _answer(
    status: int, message: Message, fields: dict[str, Message], checkout: str | None = None
) -> Response:
    if _wants_json():
        body = {
            "type": "about:blank",
            "title": _phrase(status),
            "status": status,
            "code": message.code,
            "detail": say(message),
        }
        if fields:
            body["fields"] = {
                name: {"code": m.code, "message": say(m)} for name, m in fields.items()
            }
        if checkout is not None:
            body["checkout"] = checkout
        response = jsonify(body)
        response.content_type = "application/problem+json"
    else:
        page = _PAGES.get(status, "errors/other.html")
        response = Response(
            render_template(
                page,
                status=status,
                message=message,
                fields=fields,
                at=local_time(utc_now()),
                reference=request_id(),
            )
        )
    response.status_code = status
    return response
