"""A real S3 server on loopback that checks every signature, with a fresh bucket for each test."""

import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import boto3
from botocore.config import Config

from lms.settings import BucketSettings
from tests.support.production import HOST, free_port
from tools.serve import answers
from tools.supervisor import end_group, start

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
_START_SECONDS = 60


@dataclass(slots=True)
class Store:
    """A server and what opens it; it can be stopped and started again on the same files."""

    folder: Path
    port: int
    access_key: str
    secret_key: str
    process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Return where it listens."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "nanio", "serve", "--host", HOST, "--no-access-log"]
        command += ["--port", str(self.port), "--data-dir", str(self.folder)]
        command += ["--log-level", "error"]
        keys = {"NANIO_ACCESS_KEY": self.access_key, "NANIO_SECRET_KEY": self.secret_key}
        environment = {"PATH": os.defpath, "HOME": str(self.folder), **keys}
        self.process = start(command, environment, ROOT)
        until = time.monotonic() + _START_SECONDS
        while not answers(f"{self.endpoint}/healthz"):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError("the S3 server did not start; see above")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it; its files stay."""
        if self.process is not None:
            end_group(self.process.pid)
            self.process.wait()
            self.process = None

    def new_bucket(self) -> BucketSettings:
        """Make a bucket and return what the site is told of it."""
        made = BucketSettings(
            name=f"bucket-{secrets.token_hex(6)}",
            endpoint=self.endpoint,
            region=REGION,
            access_key=self.access_key,
            secret_key=self.secret_key,
        )
        client(made).create_bucket(Bucket=made.name)
        return made


@lru_cache(maxsize=8)
def _client(endpoint: str, access_key: str, secret_key: str):
    return boto3.session.Session(access_key, secret_key).client(
        "s3",
        endpoint_url=endpoint,
        region_name=REGION,
        config=Config(s3={"addressing_style": "path"}),
    )


def client(bucket: BucketSettings):
    """Return a client that looks at the bucket past the site."""
    return _client(bucket.endpoint, bucket.access_key, bucket.secret_key)


def keys_in(bucket: BucketSettings) -> set[str]:
    """Return the keys of all objects."""
    listed = client(bucket).list_objects_v2(Bucket=bucket.name)
    return {found["Key"] for found in listed.get("Contents", ())}


@contextmanager
def serving(parent: Path) -> Iterator[Store]:
    """Serve a new folder below ``parent``; server and folder are gone after the block."""
    with tempfile.TemporaryDirectory(prefix="store-", dir=parent) as folder:
        keys = "access" + secrets.token_hex(4), secrets.token_hex(16)
        store = Store(Path(folder), free_port(), *keys)
        store.start()
        try:
            yield store
        finally:
            store.stop()
