"""Lets writers write one after the other in the order they came, where the engine has one writer.

SQLite lets who waits sleep and look again, ever longer: who came last often writes first, and some
wait for seconds. The threads of a process stand in a line; the first of each line then waits for a
lock on a file beside the database, which the system gives to the next process at once. Neither is
what keeps two writers apart: SQLite's own lock does, and says no to who waited too long.
"""

import fcntl
import os
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock


class Line:
    """A lock that is handed to whoever has waited longest."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._is_taken = False
        self._waiting: deque[Lock] = deque()

    def __len__(self) -> int:
        """Return how many wait."""
        return len(self._waiting)

    def acquire(self, seconds: float) -> bool:
        """Wait for our turn; False when it did not come in that time."""
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return True
            called = Lock()
            called.acquire()
            self._waiting.append(called)
        if called.acquire(timeout=seconds):
            return True
        with self._guard:
            if called in self._waiting:
                self._waiting.remove(called)
                return False
        return True

    def release(self) -> None:
        """Call the next one."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class Turns:
    """The turns of all processes that write to one database file."""

    def __init__(self, database_file: str, seconds: float) -> None:
        """Whoever waits longer than the seconds stops waiting here and tries the engine itself."""
        self._path = Path(f"{database_file}-turn")
        self._seconds = seconds
        self._line = Line()
        # Opened by each process for itself: one that is inherited would be the same lock.
        self._opened: tuple[int, int] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until it is our turn."""
        is_ours = self._line.acquire(self._seconds)
        if not is_ours:
            yield
            return
        file = self._locked()
        try:
            yield
        finally:
            if file is not None:
                fcntl.flock(file, fcntl.LOCK_UN)
            self._line.release()

    def close(self) -> None:
        """Close the file."""
        if self._opened is not None and self._opened[0] == os.getpid():
            os.close(self._opened[1])
        self._opened = None

    def _locked(self) -> int | None:
        """Return the locked file; nothing where it cannot be had: then SQLite's lock must do."""
        own = os.getpid()
        try:
            if self._opened is None or self._opened[0] != own:
                # Reading is enough for a lock, whoever made the file.
                self._opened = own, os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o644)
            fcntl.flock(self._opened[1], fcntl.LOCK_EX)
        except OSError:
            return None
        return self._opened[1]
