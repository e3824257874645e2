"""Sends requests over kept connections for a fixed time; a process of its own.

Reads a plan from standard input and writes, for each lane, how many requests were answered a second
in each round, and how long the middle and the slowest twentieth had to wait. Lanes take turns, so
that a busy moment of the machine meets all of them. A lane with a ``pace`` sends so many requests
a second, whether answers are late or not; what waits for its turn to be sent waits as well.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time
from dataclasses import dataclass, field
from typing import Any

_HOST = "127.0.0.1"
_CHUNK = 65_536
_WAIT_SECONDS = 30
_NO_LENGTH = -1


@dataclass(slots=True)
class Connection:
    """One kept connection with the addresses it asks for, one after the other, again and again."""

    port: int
    method: str
    targets: list[list[str]]
    bodies: list[str]
    sent: int = 0
    waits: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    wire: socket.socket | None = None
    wanted: str = "200"

    def ask(self) -> None:
        """Send the next request and wait for its whole answer."""
        turn, place = divmod(self.sent, len(self.targets))
        self.sent += 1
        path, headers = self.targets[place]
        body = self.bodies[turn % len(self.bodies)].encode() if self.bodies else b""
        head = f"{self.method} {path} HTTP/1.1\r\nHost: {_HOST}\r\n{headers}"
        if body:
            head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        status, answer = self.exchange(f"{head}\r\n".encode() + body)
        if status != self.wanted.encode():
            self.failures.append(f"{path}: {status.decode()} {answer[:200]!r}")

    def exchange(self, request: bytes) -> tuple[bytes, bytes]:
        """Return status and body of the answer."""
        if self.wire is None:
            self.wire = socket.create_connection((_HOST, self.port), timeout=_WAIT_SECONDS)
            self.wire.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.wire.sendall(request)
        head, _, body = self.received(b"\r\n\r\n").partition(b"\r\n\r\n")
        length, closes = _framing(head)
        while len(body) < length:
            body += self.chunk()
        if closes or length == _NO_LENGTH:
            self.close()
        return head[9:12], body

    def received(self, end: bytes) -> bytes:
        """Return what came up to and beyond the end of the head."""
        got = b""
        while end not in got:
            got += self.chunk()
        return got

    def chunk(self) -> bytes:
        """Return what came next. Raises ``ConnectionError`` where the server hung up."""
        got = self.wire.recv(_CHUNK) if self.wire else b""
        if not got:
            raise ConnectionError("the server hung up")
        return got

    def close(self) -> None:
        """Hang up."""
        if self.wire is not None:
            self.wire.close()
            self.wire = None


def _framing(head: bytes) -> tuple[int, bool]:
    """Return the length of the body and whether the server closes after it."""
    lines = head.lower().split(b"\r\n")
    lengths = [int(line[15:]) for line in lines if line.startswith(b"content-length:")]
    return (lengths[0] if lengths else _NO_LENGTH), b"connection: close" in lines


def _work(connection: Connection, until: float, answered: list[int], pause: float) -> None:
    count = 0
    due = time.monotonic() + pause * random.random()  # noqa: S311 (not all at once)
    while time.monotonic() < until:
        if pause:
            time.sleep(max(0.0, due - time.monotonic()))
            begun, due = due, due + pause
        else:
            begun = time.monotonic()
        try:
            connection.ask()
        except OSError as error:
            connection.failures.append(repr(error))
            connection.close()
        connection.waits.append(time.monotonic() - begun)
        count += 1
    answered.append(count)


def _drive(connections: list[Connection], seconds: float, pace: float) -> tuple[int, float]:
    """Let all connections of a lane ask for so many seconds; return requests and seconds."""
    pause = len(connections) / pace if pace else 0.0
    answered: list[int] = []
    begun = time.monotonic()
    threads = [
        threading.Thread(target=_work, args=(connection, begun + seconds, answered, pause))
        for connection in connections
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(answered), time.monotonic() - begun


def _lane(plan: dict[str, Any]) -> list[Connection]:
    share = plan["connections"]
    targets = plan["targets"]
    return [
        Connection(
            plan["port"],
            plan["method"],
            targets[number::share],
            plan["bodies"],
            wanted=plan.get("wanted", "200"),
        )
        for number in range(min(share, len(targets)))
    ]


def _waits(waits: list[float]) -> list[float]:
    """Return the median and the 95th percentile, milliseconds."""
    ordered = sorted(waits)
    return [1000 * ordered[len(ordered) * share // 100] for share in (50, 95)]


def main() -> None:
    """Warm every lane up, then let them take turns for the rounds of the plan."""
    plan = json.load(sys.stdin)
    lanes = {name: _lane(lane) for name, lane in plan["lanes"].items()}
    paces = {name: lane.get("pace", 0.0) for name, lane in plan["lanes"].items()}
    for name, connections in lanes.items():
        _drive(connections, plan["warm_seconds"], paces[name])
        for each in connections:
            each.waits.clear()
    rates: dict[str, list[float]] = {name: [] for name in lanes}
    for _ in range(plan["rounds"]):
        for name, connections in lanes.items():
            count, seconds = _drive(connections, plan["seconds"], paces[name])
            rates[name].append(count / seconds)
    result = {
        name: {
            "rates": rates[name],
            "waits_ms": _waits([wait for each in connections for wait in each.waits]),
            "failures": [said for each in connections for said in each.failures],
        }
        for name, connections in lanes.items()
    }
    json.dump(result, sys.stdout)


if __name__ == "__main__":
    main()
