"""Speaks to one bucket of an S3-compatible store; the only importer of boto3.

Objects appear whole or not at all: that is S3's own promise for every put, in parts or not.
"""

from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import structlog
from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from lms.core.errors import GatewayError
from lms.settings import BucketSettings

log = structlog.get_logger(__name__)
_MIB = 1024**2
# A page waits for it: not for long. Jobs rest and come again by themselves.
_CONNECT_SECONDS = 5
_READ_SECONDS = 20
_TRIES = 2
# Checksums that many compatible stores do not know are left to where the protocol demands them.
_ONLY_WHERE_DEMANDED = "when_required"
_IN_PARTS = TransferConfig(
    multipart_threshold=16 * _MIB, multipart_chunksize=16 * _MIB, max_concurrency=2
)
_MISSING = ("NoSuchKey", "404", "NotFound")


class Missing(Exception):
    """There is no such object."""


class Bucket:
    """The objects of one bucket by key."""

    def __init__(self, settings: BucketSettings) -> None:
        self._name = settings.name
        self._client = _client(settings)

    def put(self, path: Path, key: str, content_type: str) -> None:
        """Put a file; large ones go in parts."""
        with _told():
            self._client.upload_file(
                str(path),
                self._name,
                key,
                ExtraArgs={"ContentType": content_type},
                Config=_IN_PARTS,
            )

    def sizes(self, folder: str) -> dict[str, int]:
        """Return the bytes of the objects right below a folder, by name."""
        prefix = f"{folder}/"
        pages = self._client.get_paginator("list_objects_v2")
        with _told():
            return {
                found["Key"].removeprefix(prefix): found["Size"]
                for page in pages.paginate(Bucket=self._name, Prefix=prefix)
                for found in page.get("Contents", ())
            }

    def folders(self, folder: str) -> list[str]:
        """Return the names of the folders right below a folder."""
        prefix = f"{folder}/"
        pages = self._client.get_paginator("list_objects_v2")
        with _told():
            return [
                found["Prefix"].removeprefix(prefix).rstrip("/")
                for page in pages.paginate(Bucket=self._name, Prefix=prefix, Delimiter="/")
                for found in page.get("CommonPrefixes", ())
            ]

    def remove(self, keys: Iterable[str]) -> None:
        """Delete objects; what is not there need not be."""
        for key in keys:
            with _told():
                self._client.delete_object(Bucket=self._name, Key=key)

    def blocks(self, key: str) -> Iterator[bytes]:
        """Yield an object block by block. Raises ``Missing``."""
        with _told():
            found = self._client.get_object(Bucket=self._name, Key=key)
            with closing(found["Body"]) as body:
                yield from body.iter_chunks(_MIB)

    def size(self, key: str) -> int | None:
        """Return the bytes of an object, ``None`` where there is none."""
        try:
            with _told():
                return int(self._client.head_object(Bucket=self._name, Key=key)["ContentLength"])
        except Missing:
            return None

    def fetch(self, key: str, target: Path) -> None:
        """Write an object to a file. Raises ``Missing``."""
        with _told():
            found = self._client.get_object(Bucket=self._name, Key=key)
            # One that breaks off raises: the stream knows how long it has to be.
            with closing(found["Body"]) as body, target.open("wb") as file:
                for block in body.iter_chunks(_MIB):
                    file.write(block)

    def read(self, key: str, *, limit: int) -> bytes | None:
        """Return an object, ``None`` where it is larger than ``limit``. Raises ``Missing``."""
        with _told():
            found = self._client.get_object(Bucket=self._name, Key=key)
            with closing(found["Body"]) as body:
                return bytes(body.read()) if found["ContentLength"] <= limit else None

    def address(self, key: str, *, seconds: int, content_type: str, cache: str) -> str:
        """Return an address under which anyone may get the object for so many seconds.

        It is signed here; the store is not asked.
        """
        wanted = {
            "Bucket": self._name,
            "Key": key,
            "ResponseContentType": content_type,
            "ResponseCacheControl": cache,
        }
        return str(
            self._client.generate_presigned_url("get_object", Params=wanted, ExpiresIn=seconds)
        )


@lru_cache(maxsize=4)
def _client(settings: BucketSettings) -> Any:  # noqa: ANN401 (boto3 makes its classes as it runs)
    """Return the connection pool of this process: making it takes a tenth of a second."""
    session = Session(
        aws_access_key_id=settings.access_key,
        aws_secret_access_key=settings.secret_key,
        aws_session_token=settings.session_token,
        region_name=settings.region,
    )
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": settings.style},
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"mode": "standard", "total_max_attempts": _TRIES},
        request_checksum_calculation=_ONLY_WHERE_DEMANDED,
        response_checksum_validation=_ONLY_WHERE_DEMANDED,
    )
    return session.client("s3", endpoint_url=settings.endpoint, config=config)


@contextmanager
def _told() -> Iterator[None]:
    """Turn what the library raises into ``Missing`` or a fault that may pass."""
    try:
        yield
    except ClientError as error:
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _MISSING:
            raise Missing from error
        raise _away(code) from error
    except (BotoCoreError, Boto3Error, OSError) as error:
        raise _away(type(error).__name__) from error


def _away(reason: str) -> GatewayError:
    log.warning("store_away", reason=reason)
    return GatewayError(
        "store_away",
        "The videos cannot be reached for a moment. Nothing was lost. Please try again in a few "
        "minutes.",
        retryable=True,
        reason=reason,
    )
