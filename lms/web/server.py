"""Flask's own settings: cookies, hosts, proxies, size limits, CSRF and compression."""

from collections.abc import Callable
from datetime import timedelta

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from pydantic_core import to_json
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.settings import Settings
from lms.web.tokens import CookieSessions, FormTokens

csrf = FormTokens()
_FORM_BYTES = 2 * 1024 * 1024
_SIGNED_IN_FOR = timedelta(days=30)
# A page is made once and sent once: a twentieth more bytes than the next level for half the work.
_LEVEL = 3
# What fits into one packet is sent as it is.
_SMALL = 500

_COMPRESSION = {
    "COMPRESS_MIMETYPES": [
        "text/html",
        "text/css",
        "text/javascript",
        "text/vtt",
        "image/svg+xml",
        "application/json",
        "application/problem+json",
    ],
    "COMPRESS_ALGORITHM": ["br", "gzip"],
    "COMPRESS_STREAMS": True,
    "COMPRESS_BR_LEVEL": _LEVEL,
    "COMPRESS_MIN_SIZE": _SMALL,
    # Registered below, behind the look at what need not be compressed.
    "COMPRESS_REGISTER": False,
}


class Site(Flask):
    """Flask without the look, before each function it calls, whether that one is asynchronous."""

    def ensure_sync(self, func: Callable[..., object]) -> Callable[..., object]:
        """Return the function; the site has no asynchronous ones."""
        return func


class _Json(DefaultJSONProvider):
    """JSON with Chinese as it is written; what is nested too deeply to read is a bad value."""

    ensure_ascii = False

    def response(self, *args: object, **kwargs: object) -> Response:
        """Return the answer; the encoder takes a fifth of the usual one's time."""
        said = self._prepare_response_obj(args, kwargs)
        text = to_json(said, fallback=self.default)
        return Response(text, mimetype=self.mimetype)

    def loads(self, s: str | bytes, **kwargs: object) -> object:
        """Read JSON. Raises ``ValueError`` for all that is none, whatever stack it would need."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def configure(app: Flask, settings: Settings) -> None:
    """Apply the settings; with https the cookie is bound to the host and never leaves it."""
    app.config.update(
        _COMPRESSION,
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-session" if settings.https else "session",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=_SIGNED_IN_FOR,
        MAX_CONTENT_LENGTH=_FORM_BYTES,
        MAX_FORM_PARTS=1000,
        TRUSTED_HOSTS=list(settings.trusted_hosts) or None,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_HEADERS=["X-CSRF-Token"],
    )
    app.json = _Json(app)
    app.session_interface = CookieSessions(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    csrf.init_app(app)
    app.after_request(_packer(Compress(app)))
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _packer(compress: Compress) -> Callable[[Response], Response]:
    """Return what compresses an answer where that is worth it."""

    def pack(response: Response) -> Response:
        if response.is_streamed:
            # Close a file once it is sent: compression wraps it and lets go of it unclosed.
            close = getattr(response.response, "close", None)
            if close is not None:
                response.call_on_close(close)
        elif (response.content_length or 0) < _SMALL:
            return response
        packed: Response = compress.after_request(response)
        return packed

    return pack
