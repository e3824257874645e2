"""Tells the site of events as Stripe does: signed, in the background, again until it is heard."""

import hashlib
import heapq
import hmac
import itertools
import json
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from random import Random
from typing import NamedTuple
from urllib.parse import urlsplit

from lms.core.clock import utc_now
from lms.demo.stripe_server.books import Books
from lms.demo.stripe_server.shapes import Thing

_WAITS = (1, 2, 4, 8, 16, 32, 60)
ALL = "*"


@dataclass(slots=True)
class DeliveryPolicy:
    """How events are delivered; changed at any time, it holds for the events that come then."""

    copies: int = 1
    delay_seconds: float = 0.0
    # Kinds of events that are never delivered; ``*`` is all of them.
    dropped: frozenset[str] = frozenset()
    # Hold every event until released; or until so many are there, which then go out shuffled.
    is_holding: bool = False
    batch: int = 0
    seed: int = 0
    # Seconds between one attempt and the next; the last one again and again.
    waits: Sequence[float] = _WAITS
    most_attempts: int = 20
    timeout_seconds: float = 10.0

    def drops(self, kind: str) -> bool:
        """Tell whether events of the kind are never delivered."""
        return bool(self.dropped & {ALL, kind})

    def wait_after(self, attempt: int) -> float:
        """Return how long to wait after the attempt, the first being 1."""
        return self.waits[min(attempt, len(self.waits)) - 1]


class _Task(NamedTuple):
    """A delivery that is due at a moment; of two at once, the one written down first goes first."""

    due: float
    number: int
    event_id: str
    attempt: int


class _Answering(threading.local):
    """The events of the answer this thread is making; they wait until it is sent."""

    events: list[str] | None = None


class Courier:
    """Delivers events to one address in one thread of its own."""

    def __init__(self, books: Books, policy: DeliveryPolicy, url: str | None, secret: str) -> None:
        self.url = url
        self.secret = secret
        self.policy = policy
        self._books = books
        # What an earlier run left; what comes from now on is handed over as it comes.
        self._left = books.undelivered()
        self._changed = threading.Condition()
        self._numbers = itertools.count()
        self._tasks: list[_Task] = []
        self._held: list[str] = []
        self._put_off = 0
        self._is_sending = False
        self._is_over = False
        self._answering = _Answering()
        self._thread = threading.Thread(target=self._run, name="stripe-webhooks", daemon=True)

    def start(self) -> None:
        """Begin to deliver, first what an earlier run left."""
        self.take(self._left)
        self._thread.start()

    def stop(self) -> None:
        """Deliver nothing more; what waits stays written down as waiting."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(self.policy.timeout_seconds)

    @contextmanager
    def answering(self) -> Iterator[list[str]]:
        """Put off what this thread is to deliver; once the answer is sent, ``go_out`` takes it."""
        put_off: list[str] = []
        self._answering.events = put_off
        try:
            yield put_off
        finally:
            self._answering.events = None

    def go_out(self, put_off: list[str]) -> None:
        """Deliver what was put off while an answer was made."""
        for event_id in put_off:
            self._put(event_id)
        # Only now: in between, nobody who waits may find that nothing is left to deliver.
        with self._changed:
            self._put_off -= len(put_off)
            self._changed.notify_all()

    def take(self, events: Iterable[str]) -> None:
        """Drop, hold or deliver the events, as the policy says now."""
        if self.url is None:
            return
        for event_id in events:
            if self.policy.drops(self._books.things[event_id]["type"]):
                self._note(event_id, state="dropped")
            elif self.policy.is_holding or self.policy.batch:
                self._hold(event_id)
            else:
                self._put(event_id)

    def release(self, seed: int | None = None) -> int:
        """Deliver what is held, shuffled where there is a seed; return how many events."""
        with self._changed:
            held, self._held = self._held, []
        if seed is not None:
            Random(seed).shuffle(held)  # noqa: S311 (an order, no secret)
        for event_id in held:
            self._put(event_id)
        return len(held)

    def wait_until_quiet(self, seconds: float) -> bool:
        """Wait until nothing is left to deliver but what is held; tell whether it came so."""
        with self._changed:
            return self._changed.wait_for(
                lambda: not (self._tasks or self._put_off or self._is_sending), timeout=seconds
            )

    def send(self, event_id: str, *, skew: int = 0, secret: str | None = None) -> int | None:
        """Send the event now; return the status answered, None where nothing answered.

        ``skew`` seconds ago is when it says it was signed.
        """
        with self._books.look():
            body = json.dumps(self._books.things[event_id], ensure_ascii=False).encode()
        at = int(utc_now().timestamp()) - skew
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Stripe-Signature": signature(secret or self.secret, body, at),
            "User-Agent": "Stripe/1.0 (+a server for demonstration)",
        }
        status = self._post(body, headers)
        self._note_attempt(event_id, status)
        return status

    def _post(self, body: bytes, headers: dict[str, str]) -> int | None:
        parts = urlsplit(self.url or "")
        kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
        line = kind(parts.hostname or "", parts.port, timeout=self.policy.timeout_seconds)
        try:
            line.request("POST", parts.path or "/", body, headers)
            return line.getresponse().status
        except (OSError, HTTPException):
            return None
        finally:
            line.close()

    def _hold(self, event_id: str) -> None:
        with self._changed:
            self._held.append(event_id)
            is_full = not self.policy.is_holding and len(self._held) >= self.policy.batch
        if is_full:
            self.release(self.policy.seed)

    def _put(self, event_id: str) -> None:
        if self._answering.events is not None:
            self._answering.events.append(event_id)
            with self._changed:
                self._put_off += 1
            return
        due = time.monotonic() + self.policy.delay_seconds
        with self._changed:
            for _ in range(self.policy.copies):
                heapq.heappush(self._tasks, _Task(due, next(self._numbers), event_id, 1))
            self._changed.notify_all()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            status = self.send(task.event_id)
            again = None if is_heard(status) else self._again(task)
            with self._changed:
                self._is_sending = False
                if again is not None:
                    heapq.heappush(self._tasks, again)
                self._changed.notify_all()

    def _next(self) -> _Task | None:
        with self._changed:
            while not self._is_over:
                wait = self._tasks[0].due - time.monotonic() if self._tasks else None
                if wait is not None and wait <= 0:
                    self._is_sending = True
                    return heapq.heappop(self._tasks)
                self._changed.wait(wait)
        return None

    def _again(self, task: _Task) -> _Task | None:
        if task.attempt >= self.policy.most_attempts:
            self._note(task.event_id, state="given up")
            return None
        due = time.monotonic() + self.policy.wait_after(task.attempt)
        return _Task(due, next(self._numbers), task.event_id, task.attempt + 1)

    def _note_attempt(self, event_id: str, status: int | None) -> None:
        with self._books.change():
            known = self._books.deliveries[event_id]
            self._note(event_id, attempts=known["attempts"] + 1, last=status)
            if is_heard(status):
                self._note(event_id, state="delivered")
                self._books.things[event_id]["pending_webhooks"] = 0

    def _note(self, event_id: str, **how: object) -> None:
        with self._books.change():
            known: Thing = self._books.deliveries[event_id]
            # One copy that was heard is enough, whatever becomes of the others.
            if known["state"] == "delivered":
                how.pop("state", None)
            known.update(how)


def is_heard(status: int | None) -> bool:
    """Tell whether the answer says that the event was taken; a redirect does not."""
    return status is not None and status // 100 == 2  # noqa: PLR2004 (2xx)


def signature(secret: str, body: bytes, at: int) -> str:
    """Return the header ``Stripe-Signature``: HMAC-SHA256 over moment and body."""
    signed = hmac.new(secret.encode(), b"%d.%s" % (at, body), hashlib.sha256)
    return f"t={at},v1={signed.hexdigest()}"
