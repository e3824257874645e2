"""Lets the processes that write to one SQLite file take turns.

SQLite lets who waits sleep and look again, ever longer: a busy process keeps the other out for half
a second. So one thread a process waits for a lock on a file beside the database, which the system
hands over at once. A process writes a few times in a row before it hands the turn over: waking the
other each time would cost more than the writing, and so would a strict order among its threads.
SQLite's own lock still keeps two writers apart, and says no to who waited too long.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock

_IN_A_ROW = 8


class Turns:
    """The turns of all processes that write to one database file."""

    def __init__(self, database_file: str, seconds: float) -> None:
        """Whoever waits longer than the seconds stops waiting here and tries the engine itself."""
        self._path = Path(f"{database_file}-turn")
        self._seconds = seconds
        # Held by the thread whose turn it is, and for a moment by who counts.
        self._turn, self._count = Lock(), Lock()
        self._waiting = 0
        # The file that is locked for the next thread already, and for how many turns it has been.
        self._kept: int | None = None
        self._in_a_row = 0
        # Opened by each process for itself: one that is inherited would be the same lock.
        self._opened: tuple[int, int] | None = None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait until it is our turn."""
        if not self._begin():
            yield
            return
        if self._kept is None:
            self._kept = self._locked()
        try:
            yield
        finally:
            self._end()

    def _begin(self) -> bool:
        """Wait for the threads of this process; False where that took too long."""
        with self._count:
            self._waiting += 1
        is_ours = self._turn.acquire(timeout=self._seconds)
        with self._count:
            self._waiting -= 1
            if not is_ours and self._turn.acquire(blocking=False):
                # Perhaps the file was kept for us alone.
                self._hand_over()
                self._turn.release()
        return is_ours

    def _end(self) -> None:
        with self._count:
            self._in_a_row += 1
            if not self._waiting or self._in_a_row >= _IN_A_ROW:
                self._hand_over()
            self._turn.release()

    def _hand_over(self) -> None:
        if self._kept is not None:
            fcntl.flock(self._kept, fcntl.LOCK_UN)
        self._kept, self._in_a_row = None, 0

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
