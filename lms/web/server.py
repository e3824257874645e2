"""Flask's own settings: cookies, hosts, proxies, size limits, CSRF and compression."""

from datetime import timedelta

from flask import Flask, Response
from flask.json.provider import DefaultJSONProvider
from flask_compress import Compress
from flask_wtf.csrf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from lms.settings import Settings

csrf = CSRFProtect()
_FORM_BYTES = 2 * 1024 * 1024
_SIGNED_IN_FOR = timedelta(days=30)
# A page is made once and sent once: a twentieth more bytes than the next level for half the work.
_LEVEL = 3


class _Json(DefaultJSONProvider):
    """JSON with Chinese as it is written; what is nested too deeply to read is a bad value."""

    ensure_ascii = False

    def loads(self, s: str | bytes, **kwargs: object) -> object:
        """Read JSON. Raises ``ValueError`` for all that is none, whatever stack it would need."""
        try:
            return super().loads(s, **kwargs)
        except RecursionError as error:
            raise ValueError("nested too deeply") from error


def configure(app: Flask, settings: Settings) -> None:
    """Apply the settings; with https the cookie is bound to the host and never leaves it."""
    app.config.update(
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
        COMPRESS_MIMETYPES=[
            "text/html",
            "text/css",
            "text/javascript",
            "text/vtt",
            "image/svg+xml",
            "application/json",
            "application/problem+json",
        ],
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_STREAMS=True,
        COMPRESS_BR_LEVEL=_LEVEL,
    )
    app.json = _Json(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    csrf.init_app(app)
    Compress(app)
    app.after_request(_close_what_is_sent)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]  # Flask's documented way
            app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops
        )


def _close_what_is_sent(response: Response) -> Response:
    """Close a file once it is sent: compression wraps it and lets go of it unclosed."""
    close = getattr(response.response, "close", None)
    if response.is_streamed and close is not None:
        response.call_on_close(close)
    return response
