"""Clients that send files in pieces while processes die, and note every answer they get."""

import base64
import http.client
import threading
import time
from dataclasses import dataclass, field
from random import Random
from urllib.parse import urlsplit

from tests.support.production import HOST

UPLOADS = "/api/v1/uploads"
_HEAD = b"\x00\x00\x00\x20ftypisom"
_PATIENCE = 30
_TRIES = 600
_CREATED, _TAKEN, _FOUND, _ELSEWHERE = 201, 204, 200, 409


def content(number: int, size: int) -> bytes:
    """Return a file that begins as a video does and is like no other one."""
    return (_HEAD + Random(number).randbytes(size))[:size]  # noqa: S311 (no secret)


@dataclass
class Sender(threading.Thread):
    """Sends one file after the other, each until it is whole, whatever breaks on the way."""

    port: int
    headers: dict[str, str]
    files: list[bytes]
    chance: Random
    whole: dict[str, bytes] = field(default_factory=dict)
    acknowledged: int = 0
    broken: int = 0
    strange: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(daemon=True)

    def __hash__(self) -> int:
        return id(self)

    def run(self) -> None:
        """Send all files."""
        for file in self.files:
            address = self._begin(len(file))
            self._send(address, file)
            self.whole[address.rsplit("/", 1)[-1]] = file

    def _begin(self, size: int) -> str:
        name = base64.b64encode(b"lesson.mp4").decode()
        about = {"Upload-Length": str(size), "Upload-Metadata": f"filename {name}"}
        for _ in range(_TRIES):
            status, headers = self.ask("POST", UPLOADS, about)
            if status == _CREATED:
                return urlsplit(headers["location"]).path
        raise AssertionError("no upload could be begun")

    def _send(self, address: str, file: bytes) -> None:
        known = 0
        for _ in range(_TRIES):
            status, headers = self.ask("HEAD", address, {})
            if status != _FOUND:
                continue
            at = int(headers["upload-offset"])
            if at < known:
                self.strange.append(f"{address} went back from {known} to {at}")
            if at == len(file):
                return
            known = self._send_from(address, file, at)
        raise AssertionError(f"{address} never became whole")

    def _send_from(self, address: str, file: bytes, at: int) -> int:
        """Send chunks of many sizes until one is not taken; return what was acknowledged."""
        while at < len(file):
            chunk = file[at : at + self.chance.randint(1, 200_000)]
            said = {
                "Upload-Offset": str(at),
                "Content-Type": "application/offset+octet-stream",
            }
            status, headers = self.ask("PATCH", address, said, chunk)
            if status != _TAKEN:
                if status not in (0, _ELSEWHERE, 503):
                    self.strange.append(f"{address} answered {status}")
                return at
            self.acknowledged += 1
            at = int(headers["upload-offset"])
        return at

    def ask(
        self, method: str, path: str, about: dict[str, str], body: bytes | None = None
    ) -> tuple[int, dict[str, str]]:
        """Send one request; return status and headers; 0 where the line broke."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=_PATIENCE)
        said = {**self.headers, "Tus-Resumable": "1.0.0", **about}
        try:
            connection.request(method, path, body, said)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            self.broken += 1
            time.sleep(0.02)
            return 0, {}
        finally:
            connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}
