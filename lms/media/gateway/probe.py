"""Finds out what a video file holds without trusting it."""

import errno
import json
import os
import struct
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from lms.core.errors import GatewayError, LmsError, Message
from lms.media.domain.sniff import HEAD_BYTES, sniff_video
from lms.media.domain.video import (
    MAX_MS,
    MAX_SIDE,
    MAX_STREAMS,
    TOO_LONG_TO_READ,
    UNREADABLE,
    VideoFacts,
)
from lms.media.gateway.program import Ending, Limits, ProgramFailed, run_confined
from lms.media.gateway.storage import disk_fault

_CHILD = Path(__file__).with_name("probe_child.py")
_GIB = 1024**3
# A picture of 4096 × 4096 in ten bits takes 50 MB, a decoder keeps some twenty of them.
# Four hours with 120 pictures a second are two million packets to count, from a slow disk.
_LIMITS = Limits(wall_seconds=180, cpu_seconds=60, memory_bytes=3 * _GIB, file_bytes=1024 * 1024)
_TAKEN = json.dumps({"side": MAX_SIDE, "streams": MAX_STREAMS, "ms": MAX_MS})
_MAX_BOXES = 1000
_BOX_HEAD = 8
_LONG_BOX_HEAD = 16


class Refused(LmsError):
    """The video is not taken; the message says why and what to do."""

    status = 422

    def __init__(self, why: Message) -> None:
        super().__init__(why.code, why.text, **why.params)


def fault_of(failed: ProgramFailed, too_slow: Message) -> LmsError:
    """Return what a program's end says of the video, or of this machine."""
    if failed.ending is Ending.STOPPED:
        return GatewayError(
            "video_program_stopped",
            "The program that converts videos was stopped from outside. It is tried again by "
            "itself; tell the operator if it happens again.",
            retryable=True,
        )
    if failed.ending is Ending.DISK_FULL:
        return disk_fault(OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))
    return Refused(too_slow if failed.ending is Ending.TIME_UP else UNREADABLE)


def probe(path: Path) -> VideoFacts:
    """Return what the file holds. Raises ``Refused`` where nobody can read it.

    It is read by a child process that knows two kinds of container only, in the file's folder.
    """
    with path.open("rb") as file:
        kind = sniff_video(file.read(HEAD_BYTES))
    if isinstance(kind, Message):
        raise Refused(kind)
    lines: list[str] = []
    command = [sys.executable, "-I", str(_CHILD), path.name, kind.value, _TAKEN]
    try:
        run_confined(command, folder=path.parent, limits=_LIMITS, on_line=lines.append)
    except ProgramFailed as failed:
        raise fault_of(failed, TOO_LONG_TO_READ) from failed
    return _facts(json.loads("".join(lines)))


def starts_at_once(path: Path) -> bool:
    """Tell whether an MP4's index (moov) comes before its data, so that it plays while loading."""
    boxes = [name for name in _boxes(path) if name in (b"moov", b"mdat")]
    return boxes[:1] == [b"moov"]


def _facts(found: dict[str, Any]) -> VideoFacts:
    return VideoFacts(
        containers=tuple(found.pop("containers")),
        pixel_shape=Fraction(found.pop("pixel_shape", "1")),
        frame_rate=Fraction(found.pop("frame_rate", "0")),
        **found,
    )


def _boxes(path: Path) -> Iterator[bytes]:
    """Yield the names of the outermost boxes (ISO 14496-12, 4.2)."""
    with path.open("rb") as file:
        for _ in range(_MAX_BOXES):
            head = file.read(_BOX_HEAD)
            if len(head) < _BOX_HEAD:
                return
            size, name = struct.unpack(">I4s", head)
            yield name
            header = _BOX_HEAD
            if size == 1:
                size = int.from_bytes(file.read(_LONG_BOX_HEAD - _BOX_HEAD), "big")
                header = _LONG_BOX_HEAD
            if size < header:
                return
            file.seek(size - header, 1)
