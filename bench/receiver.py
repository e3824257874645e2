"""The yardstick of uploads: a bare program that writes what it is sent to the end of a file."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

FOLDER = "BENCH_RECEIVER_FOLDER"
_BLOCK = 256 * 1024


def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Append the body to the file the address names."""
    if environ["PATH_INFO"] != "/healthz":
        target = Path(os.environ[FOLDER]) / environ["PATH_INFO"].rsplit("/", 1)[-1]
        stream = environ["wsgi.input"]
        with target.open("ab", buffering=0) as file:
            while block := stream.read(_BLOCK):
                file.write(block)
    start_response("200 OK", [("Content-Length", "0")])
    return []
