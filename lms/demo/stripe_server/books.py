"""What the fake Stripe remembers: objects, answers under idempotency keys, and deliveries."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import RLock
from typing import Any

from lms.demo.stripe_server import shapes
from lms.demo.stripe_server.refusals import Refusal, missing
from lms.demo.stripe_server.shapes import Thing

_KEPT = ("things", "answers", "deliveries")


class Books:
    """The state, one change at a time; kept in a file where there is one, else in memory alone."""

    def __init__(self, keep_in: Path | None, clock: Callable[[], datetime]) -> None:
        self.things: dict[str, Thing] = {}
        self.answers: dict[str, Thing] = {}
        self.deliveries: dict[str, Thing] = {}
        self.hand_over: Callable[[list[str]], None] = _nobody
        self._clock = clock
        self._file = keep_in
        self._lock = RLock()
        self._depth = 0
        self._fresh: list[str] = []
        if keep_in is not None and keep_in.exists():
            self._read(keep_in)

    @contextmanager
    def change(self) -> Iterator[None]:
        """Keep everybody else out; what was changed is on the disk before events are handed over.

        Changes may lie inside each other: the outermost one is written.
        """
        with self._lock:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._close()

    @contextmanager
    def look(self) -> Iterator[None]:
        """Keep everybody else out while something is read."""
        with self._lock:
            yield

    def now(self) -> int:
        """Return the moment as Stripe writes it, in seconds since 1970."""
        return int(self._clock().timestamp())

    def add(self, thing: Thing) -> Thing:
        """Keep a new object."""
        self.things[thing["id"]] = thing
        return thing

    def get(self, kind: str, thing_id: str, param: str = "id") -> Thing:
        """Return the object itself. Raises ``Refusal`` where there is none of the kind."""
        found = self.things.get(thing_id)
        if found is None or found["object"] != kind:
            raise missing(kind, thing_id, param)
        return found

    def newest(self, kind: str) -> list[Thing]:
        """Return the objects of the kind, the newest first."""
        return [each for each in reversed(self.things.values()) if each["object"] == kind]

    def emit(self, kind: str, thing: Thing) -> None:
        """Write down that something happened to the object; it is told once the change is over."""
        told = self.add(shapes.event(kind, thing, self.now()))
        self.deliveries[told["id"]] = {"state": "waiting", "attempts": 0, "last": None}
        self._fresh.append(told["id"])

    def undelivered(self) -> list[str]:
        """Return the events that wait to be told, the oldest first."""
        return [told for told, how in self.deliveries.items() if how["state"] == "waiting"]

    def known_answer(self, key: str, asked: str) -> Thing | None:
        """Return what was answered under the key. Raises ``Refusal`` where other things were asked.

        The key's answer is looked up and kept within one change, so that of two calls that
        arrive at once the second finds what the first was told.
        """
        known = self.answers.get(key)
        if known is not None and known["asked"] != asked:
            raise Refusal(
                "Keys for idempotent requests can only be used with the same parameters they were "
                f"first used with. Try using a key other than '{key}' if you meant to execute a "
                "different request.",
                kind="idempotency_error",
            )
        return known

    def keep_answer(self, key: str, answer: Thing) -> None:
        """Keep what was ``asked`` under the key, and the ``status`` and ``body`` answered."""
        self.answers[key] = answer

    def _close(self) -> None:
        if self._file is not None:
            self._write(self._file)
        fresh, self._fresh = self._fresh, []
        if fresh:
            self.hand_over(fresh)

    def _read(self, file: Path) -> None:
        kept: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        self.things, self.answers, self.deliveries = (kept[name] for name in _KEPT)

    def _write(self, file: Path) -> None:
        """Put a whole new file in the old one's place: a kill leaves one or the other."""
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.touch(mode=0o600)
        with part.open("w", encoding="utf-8") as opened:
            json.dump({name: getattr(self, name) for name in _KEPT}, opened, ensure_ascii=False)
            opened.flush()
            os.fsync(opened.fileno())
        part.replace(file)


def _nobody(_events: list[str]) -> None:
    """Tell nobody: nothing is delivered before a courier is there."""
