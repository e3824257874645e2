"""Where people go after signing in: safe addresses of this site only."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from lms.core.access import Role

_MAX_LENGTH = 500
_ODD = re.compile(r"[\x00-\x20\x7f-\x9f\\]")
# Arriving there would undo the sign-in or show raw data.
_NOT_THERE = ("/sign-out", "/sign-in", "/sign-up", "/api/", "/confirm")

HOME = "/"
_DESKS = (
    (Role.ADMINISTRATOR, "/staff/figures"),
    (Role.SUPERVISOR, "/supervision"),
    (Role.INSTRUCTOR, "/studio"),
)


def safe_next(value: str | None) -> str | None:
    """Return the address when it is a path of this site, else ``None``.

    Browsers read backslashes as slashes and skip control characters, so an
    address that holds either is refused instead of mended.
    """
    if not value or len(value) > _MAX_LENGTH or _ODD.search(value):
        return None
    if not value.startswith("/") or value.startswith("//"):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    if parts.scheme or parts.netloc or "//" in parts.path:
        return None
    return None if parts.path.startswith(_NOT_THERE) else value


def landing(roles: Collection[Role], wanted: str | None) -> str:
    """Return where a person goes after signing in: where they wanted, else to their desk."""
    place = safe_next(wanted)
    if place is not None:
        return place
    return next((desk for role, desk in _DESKS if role in roles), HOME)
