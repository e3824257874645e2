"""Headers of every answer: a strict content policy, no caching of private pages, request ids."""

import secrets

import structlog
from flask import Flask, Response, g, request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_YEAR = 31_536_000


def init_headers(app: Flask, *, https: bool) -> None:
    """Set the headers after each request."""

    def finish(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", _POLICY)
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if https:
            headers.setdefault("Strict-Transport-Security", f"max-age={_YEAR}")
        if request.endpoint == "static":
            # Addresses carry the content's hash, so a changed file has another address.
            hashed = "v" in request.args
            headers["Cache-Control"] = (
                f"public, max-age={_YEAR}, immutable" if hashed else "no-cache"
            )
        else:
            headers.setdefault("Cache-Control", "no-store")
            headers.add("Vary", "Cookie")
        return response

    app.before_request(_name_request)
    app.after_request(finish)


def _name_request() -> None:
    """Give the request a short id that error pages and logs share."""
    g.request_id = secrets.token_hex(4).upper()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request=g.request_id)
