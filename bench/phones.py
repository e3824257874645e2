"""Downloads a video over many slow lines at once, as players do; a process of its own.

Reads a plan from standard input, says ``ready`` when every phone has had its first bytes, goes on
until standard input is closed, and then writes how many bytes came and which answers were none.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from dataclasses import dataclass, field

_HOST = "127.0.0.1"
_TICK_SECONDS = 0.1
# What a phone's line holds on its way; the rest has to wait in the server.
_WINDOW = 64 * 1024


@dataclass(slots=True)
class Phone:
    """One line; it takes so many bytes a tick and asks on where an answer ends."""

    port: int
    request: str
    wire: socket.socket
    position: int = 0
    size: int = 1
    left: int = 0
    had: int = 0
    head: bytes = b""
    failures: list[str] = field(default_factory=list)

    def ask(self) -> None:
        """Ask for what follows."""
        self.head = b""
        self.wire.sendall(self.request.format(range=f"bytes={self.position % self.size}-").encode())

    def take(self, most: int) -> None:
        """Take what is there, but no more than the line carries."""
        try:
            got = self.wire.recv(most, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return
        if self.left:
            self._body(got)
            return
        self.head += got
        if b"\r\n\r\n" in self.head:
            head, _, body = self.head.partition(b"\r\n\r\n")
            self._begin(head.decode("latin-1"))
            self._body(body)

    def _begin(self, head: str) -> None:
        lines = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:])
        if " 206 " not in head.split("\r\n", 1)[0]:
            self.failures.append(head.split("\r\n", 1)[0])
        self.left = int(lines["content-length"])
        self.size = int(lines.get("content-range", "/1").rpartition("/")[2])

    def _body(self, got: bytes) -> None:
        self.left -= len(got)
        self.had += len(got)
        self.position += len(got)
        if not self.left:
            self.ask()


def _phone(plan: dict[str, str | int]) -> Phone:
    wire = socket.socket()
    wire.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _WINDOW)
    # As large as packets are on a phone's line, so that the window opens bit by bit.
    wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, 1400)
    wire.connect((_HOST, int(plan["port"])))
    head = f"GET {plan['path']} HTTP/1.1\r\nHost: {_HOST}\r\n{plan['headers']}"
    phone = Phone(int(plan["port"]), head + "Range: {range}\r\n\r\n", wire)
    phone.ask()
    return phone


def main() -> None:
    """Let all phones load until we are told to stop."""
    plan = json.loads(sys.stdin.readline())
    phones = [_phone(plan) for _ in range(plan["phones"])]
    each = int(plan["bytes_per_second"] * _TICK_SECONDS)
    is_ready = False
    due = time.monotonic()
    while not select.select([sys.stdin], [], [], 0)[0]:
        for phone in phones:
            phone.take(each)
        if not is_ready and all(phone.had for phone in phones):
            is_ready = True
            print("ready", flush=True)
        due += _TICK_SECONDS
        time.sleep(max(0.0, due - time.monotonic()))
    result = {
        "bytes": sum(phone.had for phone in phones),
        "failures": [said for phone in phones for said in phone.failures],
    }
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
