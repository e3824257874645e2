"""Parts of files on their way to somebody: read block by block, or sent by the system itself."""

import threading
from collections.abc import Callable
from typing import IO


class Gate:
    """Lets so many in at a time; whoever comes then is told so and does not wait."""

    def __init__(self, most: int) -> None:
        self._places = threading.BoundedSemaphore(most)

    def enter(self) -> bool:
        """Take a place if there is one; who got one has to ``leave``."""
        return self._places.acquire(blocking=False)

    def leave(self) -> None:
        """Give the place back."""
        self._places.release()


class Slice:
    """The bytes of an open file from ``start`` on, ``length`` of them; a file to read itself.

    A server that can hand a file to a socket inside the kernel finds it set to its first byte.
    ``left`` is called once: when it is closed, read to its end or dropped.
    """

    def __init__(
        self, file: IO[bytes], start: int, length: int, *, left: Callable[[], None] | None = None
    ) -> None:
        self._file = file
        self._length = length
        self._left = left
        file.seek(start)

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes of what is left, none at the end."""
        wanted = self._length if size < 0 else min(size, self._length)
        block = self._file.read(wanted) if wanted else b""
        self._length -= len(block)
        if not block:
            self.close()
        return block

    def seek(self, offset: int) -> None:
        """Go to a place of the file itself; servers do when they fall back on reading."""
        self._file.seek(offset)

    def fileno(self) -> int:
        """Return the file's number. Raises ``OSError`` where it lies in memory."""
        return self._file.fileno()

    def close(self) -> None:
        """Close the file and tell that the slice is done."""
        self._file.close()
        left, self._left = self._left, None
        if left is not None:
            left()

    def __del__(self) -> None:
        """Give the place back, also where a server drops the answer."""
        self.close()
