"""The places of files below the store's root, the same on a disk and in a bucket.

The names are made here, never taken from an upload: nothing else has a place.
"""

import re

from lms.core.errors import NotFound
from lms.media.domain.names import STORED_NAMES

_ASSET = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_VERSION = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")


def set_key(asset_id: str, version: str) -> str:
    """Return where a finished set lies. Raises ``NotFound`` for anything but our own names."""
    if not _ASSET.fullmatch(asset_id) or not _VERSION.fullmatch(version):
        raise NotFound
    return f"assets/{asset_id[:2]}/{asset_id}/{version}"


def served_key(asset_id: str, version: str, name: str) -> str:
    """Return where a served file lies. Raises ``NotFound`` for anything but our own names."""
    if name not in STORED_NAMES:
        raise NotFound
    return f"{set_key(asset_id, version)}/{name}"


def original_key(sha256: str) -> str:
    """Return where a file lies as it was sent. Raises ``NotFound`` for what is no hash."""
    if not _SHA256.fullmatch(sha256):
        raise NotFound
    return f"originals/{sha256[:2]}/{sha256}"
