"""A line to a site that breaks, or falls silent, once so many bytes went up."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

_BLOCK = 64 * 1024


class Line:
    """Hands bytes on between browsers and one site of this machine."""

    def __init__(self, site: str) -> None:
        self._site = (urlsplit(site).hostname or "", urlsplit(site).port or 0)
        self._door = socket.create_server(("127.0.0.1", 0))
        self._changed = threading.Condition()
        self._left: int | None = None
        self._is_broken = False
        self._is_silent = False
        self.is_at_end = False
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"

    def break_after(self, count: int) -> None:
        """Let so many bytes go up; then everything is cut off, until ``mend``."""
        with self._changed:
            self._left, self._is_silent = count, False

    def hold_after(self, count: int) -> None:
        """Let so many bytes go up; the connection that brings more falls silent until ``mend``."""
        with self._changed:
            self._left, self._is_silent = count, True

    def mend(self) -> None:
        """Let everything through again; what was held up is lost with its connection."""
        with self._changed:
            self._left, self._is_broken, self._is_silent = None, False, False
            self.is_at_end = False
            self._changed.notify_all()

    def open(self) -> None:
        """Begin to take connections."""
        self._start(self._accept)

    def close(self) -> None:
        """End all of it."""
        with suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        self.mend()
        self._cut()
        for thread in self._threads:
            thread.join()

    def _start(self, work: Callable[..., None], *arguments: socket.socket) -> None:
        thread = threading.Thread(target=work, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._door.accept()
                if self._is_broken:
                    near.close()
                    continue
                far = socket.create_connection(self._site)
                with self._changed:
                    self._open |= {near, far}
                self._start(self._pump, near, far)
                self._start(self._pump_down, far, near)

    def _pump(self, near: socket.socket, far: socket.socket) -> None:
        with suppress(OSError):
            while block := near.recv(_BLOCK):
                part = self._allowed(block)
                far.sendall(part)
                if len(part) < len(block):
                    self._reach_the_end()
        self._end(near, far)

    def _pump_down(self, far: socket.socket, near: socket.socket) -> None:
        with suppress(OSError):
            while block := far.recv(_BLOCK):
                near.sendall(block)
        self._end(far, near)

    def _allowed(self, block: bytes) -> bytes:
        with self._changed:
            if self._left is None:
                return block
            part = block[: self._left]
            self._left -= len(part)
            return part

    def _reach_the_end(self) -> None:
        self.is_at_end = True
        with self._changed:
            if self._is_silent:
                self._left = None
                self._changed.wait_for(lambda: not self._is_silent)
                raise ConnectionAbortedError
            self._is_broken = True
        self._cut()
        raise ConnectionAbortedError

    def _cut(self) -> None:
        with self._changed:
            for each in self._open:
                with suppress(OSError):
                    each.shutdown(socket.SHUT_RDWR)

    def _end(self, *ends: socket.socket) -> None:
        for each in ends:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()
        with self._changed:
            self._open -= set(ends)


@contextmanager
def line_to(site: str) -> Iterator[Line]:
    """Open a line to the site and close it again."""
    line = Line(site)
    line.open()
    try:
        yield line
    finally:
        line.close()
