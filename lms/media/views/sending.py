"""Sends parts of files without letting slow phones take all threads of the process.

A phone holds a thread until the kernel has taken its part. A quarter of the threads stays free for
pages, whatever is watched: when the others are taken, a player that asks on gets small parts,
which the kernel takes at once, and one that wants a segment whole is told to come again. A file
asked for without a range holds a thread the longest; no player does so, and few may at a time.
"""

from collections.abc import Callable, Iterable
from io import BytesIO
from typing import IO, cast

from flask import request
from werkzeug.wsgi import wrap_file

from lms.core.errors import NotFound, Overloaded
from lms.media.domain.ranges import SEGMENT_BYTES, Choice, Part, Unsatisfiable, Whole
from lms.media.gateway.slices import Gate, Slice
from lms.media.gateway.storage import InHand, OnDisk

# Of the 64 threads that tools/serve.py gives each process.
MOST_SENDING = 40
MOST_WHOLE = 8
# What the kernel takes for a slow line without anybody waiting.
SMALL_BYTES = 64 * 1024
_BLOCK = 64 * 1024
_sending = Gate(MOST_SENDING)
_whole = Gate(MOST_WHOLE)


def size_of(source: OnDisk | InHand) -> int:
    """Return the bytes of the file. Raises ``NotFound`` where it is gone."""
    if isinstance(source, InHand):
        return len(source.body)
    try:
        return source.path.stat().st_size
    except FileNotFoundError as error:
        raise NotFound from error


class Turn:
    """One answer's place among those that are sent; ``choice`` is what it may carry."""

    def __init__(self, size: int, choose: Callable[[int | None], Choice]) -> None:
        """Take a place. Raises ``Overloaded`` where there is none for what was asked."""
        self.choice = choose(None)
        self._gate: Gate | None = None
        if _length(self.choice, size) <= SMALL_BYTES:
            return
        is_long = isinstance(self.choice, Whole) and size > SEGMENT_BYTES
        gate = _whole if is_long else _sending
        if gate.enter():
            self._gate = gate
            return
        self.choice = choose(SMALL_BYTES)
        if _length(self.choice, size) > SMALL_BYTES:
            raise Overloaded(
                "videos_busy",
                "Very many videos are being loaded right now. Please try again in a few seconds.",
            )

    def body(self, source: OnDisk | InHand, part: Part) -> Iterable[bytes]:
        """Return the bytes in the form the server sends fastest."""
        left = self._gate.leave if self._gate else None
        try:
            file = _opened(source)
        except FileNotFoundError as error:
            if left is not None:
                left()
            raise NotFound from error
        sent = Slice(file, part.start, part.stop - part.start, left=left)
        # It has what servers need of a file: they read, or ask for its number, and close it.
        return wrap_file(request.environ, cast(IO[bytes], sent), _BLOCK)


def _opened(source: OnDisk | InHand) -> IO[bytes]:
    if isinstance(source, InHand):
        return BytesIO(source.body)
    # Without a buffer: the system itself reads from where the file is set to.
    return source.path.open("rb", buffering=0)


def _length(choice: Choice, size: int) -> int:
    if isinstance(choice, Unsatisfiable):
        return 0
    return choice.stop - choice.start if isinstance(choice, Part) else size
