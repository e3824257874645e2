"""Where video files lie: on this machine's disk or in a bucket, by setting alone."""

from lms.media.gateway.storage.contract import (
    ByteStream,
    Elsewhere,
    Handed,
    InHand,
    OnDisk,
    Received,
    Storage,
)
from lms.media.gateway.storage.files import disk_fault, sha256_of
from lms.media.gateway.storage.local import LocalStorage
from lms.settings import Settings

__all__ = [
    "ByteStream",
    "Elsewhere",
    "Handed",
    "InHand",
    "LocalStorage",
    "OnDisk",
    "Received",
    "Storage",
    "disk_fault",
    "sha256_of",
    "storage_of",
]


def storage_of(settings: Settings) -> Storage:
    """Return the store the settings choose."""
    if settings.bucket is None:
        return LocalStorage(settings.media_dir)
    # Thirty megabytes of library, only where they are of use.
    from lms.media.gateway.storage.s3 import S3Storage  # noqa: PLC0415 (see above)

    return S3Storage(settings.media_dir, settings.bucket)
