"""Clients that send beats in order and keep a ledger of what they sent and were answered."""

import json
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from random import Random
from threading import Event
from typing import Any, Self

from tests.faults.ground import VIDEO_SECONDS, Learner, Scene
from tests.support.production import HOST

CLIENTS = 12
LEARNERS_EACH = 3
# Longer than any statement may take: an answer that comes later is none.
HANG_SECONDS = 35
_PATIENCE = 90
# How often, of all requests: the line breaks after sending, another lesson, a jump, again, away.
_CUT, _LEAVE, _SEEK, _REPLAY, _HIDDEN = 0.1, 0.03, 0.03, 0.05, 0.05
_RATES = (1, 1, 1, 1.25, 3)


@dataclass(slots=True)
class Operation:
    """One beat: named by its lease and number, sent until it is answered."""

    lease: str
    seq: int
    person_id: int
    body: dict[str, Any]
    answer: dict[str, Any] | None = None


@dataclass(slots=True)
class Ledger:
    """What one client, or all together, sent and saw; ``refusals`` are seconds to a 5xx."""

    operations: list[Operation] = field(default_factory=list)
    leases: list[str] = field(default_factory=list)
    refusals: list[float] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    answered: int = 0
    cut: int = 0
    broken: int = 0
    hung: int = 0

    def add(self, other: "Ledger") -> None:
        """Take another client's ledger in."""
        for name in ("operations", "leases", "refusals", "strange"):
            getattr(self, name).extend(getattr(other, name))
        for name in ("answered", "cut", "broken", "hung"):
            setattr(self, name, getattr(self, name) + getattr(other, name))

    def line(self) -> str:
        """Return in one line what became of the requests."""
        slowest = max(self.refusals, default=0)
        return (
            f"requests cut off {self.cut}, broken off {self.broken}, hung {self.hung}, "
            f"refused {len(self.refusals)} (slowest {slowest:.1f} s)"
        )

    @property
    def acknowledged(self) -> list[Operation]:
        """Return the beats that were answered."""
        return [each for each in self.operations if each.answer is not None]


@dataclass(slots=True)
class Watcher:
    """A learner in front of a video."""

    learner: Learner
    lease: str = ""
    seq: int = 0
    position: float = 0
    reported: float = 0


class Client:
    """One connection over which a few learners report, each in order."""

    def __init__(self, port: int, learners: Iterable[Learner], items: list[int], rng: Random):
        self.ledger = Ledger()
        self.watchers = [Watcher(each) for each in learners]
        self._items = items
        self._rng = rng
        self._wire = HTTPConnection(HOST, port, timeout=HANG_SECONDS)

    def run(self, stop: Event) -> None:
        """Watch until told to stop; what was begun is brought to its answer."""
        with closing(self):
            while not stop.is_set():
                watcher = self._rng.choice(self.watchers)
                if not watcher.lease or self._rng.random() < _LEAVE:
                    self.take_lease(watcher, self._rng.choice(self._items))
                else:
                    self.send_beat(watcher, self._next_claim(watcher))

    def close(self) -> None:
        """Hang up."""
        self._wire.close()

    def take_lease(self, watcher: Watcher, item_id: int) -> None:
        """Let the learner begin to watch the item."""
        status, answer = self._until_answered(watcher, f"items/{item_id}/lease", {})
        if status != 201:
            self._wonder(status, answer)
            return
        watcher.lease, watcher.seq = answer["lease"], answer["seq"]
        watcher.position, watcher.reported = answer["resume_at"], time.monotonic()
        self.ledger.leases.append(watcher.lease)

    def send_beat(self, watcher: Watcher, claim: dict[str, Any]) -> dict[str, Any]:
        """Send the learner's next beat until it is answered; return the answer."""
        watcher.seq += 1
        body = {"seq": watcher.seq, "rate": 1, "state": "playing", **claim}
        sent = Operation(watcher.lease, watcher.seq, watcher.learner.person_id, body)
        self.ledger.operations.append(sent)
        path = f"leases/{watcher.lease}/beats"
        if self._rng.random() < _CUT:
            self._cut_off(watcher, path, body)
        status, answer = self._until_answered(watcher, path, body)
        if status == 200:
            sent.answer = answer
            self.ledger.answered += 1
        else:
            self._wonder(status, answer)
            watcher.lease = ""
        return answer

    def _next_claim(self, watcher: Watcher) -> dict[str, Any]:
        at, draw = time.monotonic(), self._rng.random()
        passed, watcher.reported = at - watcher.reported, at
        if draw < _SEEK:
            watcher.position = self._rng.uniform(0, VIDEO_SECONDS / 2)
        elif draw < _SEEK + _REPLAY:
            watcher.position = max(0, watcher.position - passed)
        begin = round(watcher.position, 3)
        end = round(begin + passed * self._rng.choice(_RATES), 3)
        watcher.position = end
        state = "hidden" if self._rng.random() < _HIDDEN else "playing"
        return {"played": [[begin, end]], "position": end, "state": state}

    def _until_answered(
        self, watcher: Watcher, path: str, body: dict[str, Any]
    ) -> tuple[int, dict[str, Any]]:
        """Send the same again until an answer comes that is none of the server's own faults."""
        until = time.monotonic() + _PATIENCE
        while time.monotonic() < until:
            begun = time.monotonic()
            try:
                self._send(watcher, path, body)
                response = self._wire.getresponse()
                status, said = response.status, response.read()
            except (OSError, HTTPException) as error:
                self._wire.close()
                self.ledger.broken += 1
                self.ledger.hung += isinstance(error, TimeoutError)
            else:
                if status < 500:
                    return status, json.loads(said)
                self.ledger.refusals.append(time.monotonic() - begun)
            time.sleep(self._rng.uniform(0.01, 0.1))
        raise AssertionError(f"{path} was not answered for {_PATIENCE} s")

    def _send(self, watcher: Watcher, path: str, body: dict[str, Any]) -> None:
        headers = {**watcher.learner.headers, "Content-Type": "application/json"}
        headers["Accept-Encoding"] = "identity"
        self._wire.request("POST", f"/api/v1/{path}", json.dumps(body), headers)

    def _cut_off(self, watcher: Watcher, path: str, body: dict[str, Any]) -> None:
        """Send it, and lose the line before the answer."""
        try:
            self._send(watcher, path, body)
        except (OSError, HTTPException):
            self.ledger.broken += 1
        self._wire.close()
        self.ledger.cut += 1

    def _wonder(self, status: int, answer: dict[str, Any]) -> None:
        self.ledger.strange.append(f"{status} {answer.get('code')}")


def dice(seed: int, who: object) -> Random:
    """Return the chance of one part of a run: the same seed, the same draws."""
    return Random(f"{seed}-{who}")  # noqa: S311 -- chance, not secrecy


class Crowd:
    """All clients at once, each in a thread."""

    def __init__(self, port: int, scene: Scene, seed: int) -> None:
        self._clients = [
            Client(port, scene.learners[number::CLIENTS], scene.items, dice(seed, number))
            for number in range(CLIENTS)
        ]
        self._stop = Event()
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._running: list[Future[None]] = []

    def __enter__(self) -> Self:
        self._running = [self._pool.submit(each.run, self._stop) for each in self._clients]
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._pool.shutdown()

    def acknowledged(self) -> int:
        """Return how many beats were answered so far."""
        return sum(client.ledger.answered for client in self._clients)

    def wait_for_answers(self, number: int = 1) -> None:
        """Wait until so many more beats are answered; fail where none is any more."""
        wanted, until = self.acknowledged() + number, time.monotonic() + _PATIENCE
        while self.acknowledged() < wanted:
            failed = [
                error for each in self._running if each.done() and (error := each.exception())
            ]
            if failed:
                raise failed[0]
            assert time.monotonic() < until, "the site answers no more"
            time.sleep(0.02)

    def ledger(self) -> Ledger:
        """Return what all of them wrote down. Raises what stopped one of them."""
        whole = Ledger()
        for running, client in zip(self._running, self._clients, strict=True):
            running.result()
            whole.add(client.ledger)
        return whole
