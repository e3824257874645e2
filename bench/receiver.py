"""The yardstick of uploads: a bare program that writes what it is sent to the end of a file."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_BLOCK = 256 * 1024
Program = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def make(folder: str) -> Program:
    """Return the program; it appends each body to the file of the folder the address names."""

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            _append(Path(folder) / environ["PATH_INFO"].rsplit("/", 1)[-1], environ["wsgi.input"])
        start_response("200 OK", [("Content-Length", "0")])
        return []

    return app


def _append(target: Path, stream: Any) -> None:  # noqa: ANN401 (the server's own)
    with target.open("ab", buffering=0) as file:
        while block := stream.read(_BLOCK):
            file.write(block)
