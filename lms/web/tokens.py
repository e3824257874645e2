"""Checks cookies and form tokens; a signature that was found good is not computed again.

A player sends the same two strings with every report. Whether their signatures hold hangs on the
strings and the key alone, so it is remembered; how old the cookie is, whose form token it is and
where the request comes from are looked at each time. What was refused is never remembered.
"""

import hmac
import time
from collections.abc import Callable, Mapping
from functools import lru_cache

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_wtf.csrf import CSRFProtect, same_origin
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.http import parse_cookie

_KEPT = 4096
_UNCHANGEABLE = (str, int, float, bool, type(None))
_FIELD, _HEADER = "csrf_token", "X-CSRF-Token"
_FORM_SALT = "wtf-csrf-token"
_JSON = "application/json"


class _NotKept(Exception):
    """What the cookie holds could be changed in place, so no two requests may share it."""


class CookieSessions(SecureCookieSessionInterface):
    """Flask's own signed cookies, read from memory where the very same header was read before."""

    def __init__(self, app: Flask) -> None:
        serializer = super().get_signing_serializer(app)
        if serializer is None:
            raise RuntimeError("a secret key is needed before cookies can be read")
        self._serializer = serializer
        self._read = _reader(serializer, self.get_cookie_name(app))

    def get_signing_serializer(self, app: Flask) -> URLSafeTimedSerializer:  # noqa: ARG002 (as Flask calls it)
        """Return the one serializer; each new one would derive its key anew."""
        return self._serializer

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Return what the cookie holds; nothing where it is forged or too old."""
        try:
            held, signed_at = self._read(request.environ.get("HTTP_COOKIE", ""))
        except (BadData, _NotKept):
            return super().open_session(app, request)
        age = int(time.time()) - signed_at
        if not 0 <= age <= app.permanent_session_lifetime.total_seconds():
            return super().open_session(app, request)
        return self.session_class(held)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie where it changed; else only see that caches know of it."""
        if self.should_set_cookie(app, session):
            super().save_session(app, session, response)
        elif session.accessed and "Cookie" not in response.headers.get("Vary", ""):
            response.vary.add("Cookie")


class FormTokens(CSRFProtect):  # type: ignore[misc]  # flask-wtf ships no types
    """Flask-WTF's check; the token of a JSON call is told good from memory where it can be."""

    def init_app(self, app: Flask) -> None:
        """Protect all forms and calls; a token lives as long as the cookie it belongs to."""
        super().init_app(app)
        if app.config["WTF_CSRF_TIME_LIMIT"] is not None:
            raise RuntimeError("a form token with an age of its own cannot be remembered")
        app.extensions["lms_form_tokens"] = _matcher(app)

    def protect(self, apply_exemptions: bool = False) -> None:  # noqa: FBT001, FBT002 (as Flask-WTF calls it)
        """Refuse what does not come from a page of ours. Raises ``CSRFError``."""
        if request.method not in current_app.config["WTF_CSRF_METHODS"]:
            return
        if _is_good_call():
            g.csrf_valid = True
        else:
            super().protect(apply_exemptions)


def _is_good_call() -> bool:
    """Tell whether this is a JSON call with the token of its own cookie, from a page of ours.

    "No" decides nothing: Flask-WTF then looks by itself and says why.
    """
    # Any other body may be a form with a token of its own, which comes before the header.
    if request.mimetype != _JSON:
        return False
    matches: Callable[[object, object], None] = current_app.extensions["lms_form_tokens"]
    try:
        matches(session.get(_FIELD), request.headers.get(_HEADER))
    except (BadData, TypeError, AttributeError):
        return False
    return not request.is_secure or _is_from_here()


def _is_from_here() -> bool:
    came_from = request.referrer
    return bool(came_from and same_origin(came_from, f"https://{request.host}/"))


def _reader(
    serializer: URLSafeTimedSerializer, name: str
) -> Callable[[str], tuple[Mapping[str, object], int]]:
    """Return what reads a header of cookies: what the signed one holds and when it was signed."""

    @lru_cache(maxsize=_KEPT)
    def read(header: str) -> tuple[Mapping[str, object], int]:
        cookie = parse_cookie(header).get(name, "")
        held, signed_at = serializer.loads(cookie, return_timestamp=True)
        if not all(isinstance(value, _UNCHANGEABLE) for value in held.values()):
            raise _NotKept
        return held, int(signed_at.timestamp())

    return read


def _matcher(app: Flask) -> Callable[[object, object], None]:
    """Return what raises unless the form token was signed here for the cookie's own secret."""
    serializer = URLSafeTimedSerializer(str(app.secret_key), salt=_FORM_SALT)

    @lru_cache(maxsize=_KEPT)
    def match(secret: str, token: str) -> None:
        if not hmac.compare_digest(secret, serializer.loads(token)):
            raise BadData("the token of another cookie")

    return match
