"""Where the site is served and by which address people reach it; setup and serving agree on it."""

from __future__ import annotations

import os
import sys

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8000
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 -- compared with, not listened on


def address() -> tuple[str, int]:
    """Return where to listen: LMS_BIND (host or host:port) and PORT, else this machine alone."""
    bind = os.environ.get("LMS_BIND", "").strip() or DEFAULT_HOST
    if bind.startswith("["):
        host, _, named = bind[1:].partition("]")
    else:
        host, _, named = bind.partition(":") if bind.count(":") == 1 else (bind, "", "")
    port = os.environ.get("PORT", "").strip() or named.lstrip(":") or str(DEFAULT_PORT)
    if not port.isdigit() or not 0 < int(port) < 2**16:
        sys.exit(f"“{port}” is no port; use a number such as {DEFAULT_PORT}.")
    return host or DEFAULT_HOST, int(port)


def child_environment() -> dict[str, str]:
    """Return what the site's programs are to know: the address people type follows the port.

    Badges are signed under that address, so those of the demo people need it before it is served.
    """
    return {
        **os.environ,
        "LMS_BASE_URL": os.environ.get("LMS_BASE_URL") or local_url(*address()),
        "PYTHONUNBUFFERED": "1",
    }


def local_url(host: str, port: int) -> str:
    """Return the site's address as this machine reaches it."""
    name = DEFAULT_HOST if host in EVERYWHERE else host
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"
