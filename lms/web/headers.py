"""Headers of every answer: a strict content policy, no caching of private pages."""

from flask import Flask, Response, request

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'{elsewhere}; "
    "media-src 'self' blob:{elsewhere}; connect-src 'self'{elsewhere}; font-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FIXED = (
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cache-Control", "no-store"),
)
_YEAR = 31_536_000


def init_headers(app: Flask, *, https: bool, media_origin: str | None) -> None:
    """Set the headers after each request; ``media_origin`` is where videos are kept elsewhere."""
    elsewhere = f" {media_origin}" if media_origin else ""
    fixed = [("Content-Security-Policy", _POLICY.format(elsewhere=elsewhere)), *_FIXED]
    if https:
        fixed.append(("Strict-Transport-Security", f"max-age={_YEAR}"))

    def finish(response: Response) -> Response:
        headers = response.headers
        if request.endpoint == "static":
            # Addresses carry the content's hash, so a changed file has another address.
            hashed = "v" in request.args
            headers["Cache-Control"] = (
                f"public, max-age={_YEAR}, immutable" if hashed else "no-cache"
            )
        else:
            headers.add("Vary", "Cookie, Accept-Encoding")
        # What a view said itself stays. Looking all names up at once costs a quarter.
        said = {name.lower() for name, _ in headers}
        headers.extend([each for each in fixed if each[0].lower() not in said])
        return response

    app.after_request(finish)
