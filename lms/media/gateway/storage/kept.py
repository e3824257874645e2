"""Keeps small files that never change in memory, those asked for last."""

import threading
from collections import OrderedDict

_MOST_BYTES = 16 * 1024**2


class Kept:
    """At most so many bytes by key; what was not asked for the longest goes first."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._held = 0
        self._bodies: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        """Return the file, if it is still kept."""
        with self._lock:
            body = self._bodies.get(key)
            if body is not None:
                self._bodies.move_to_end(key)
            return body

    def put(self, key: str, body: bytes) -> None:
        """Keep a file, in place of older ones where the room is full."""
        with self._lock:
            self._held += len(body) - len(self._bodies.pop(key, b""))
            self._bodies[key] = body
            while self._held > self._most:
                self._held -= len(self._bodies.popitem(last=False)[1])
