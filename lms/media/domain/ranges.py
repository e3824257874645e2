"""Which part of a file one answer carries: a single byte range, never more than its limit."""

import re
from dataclasses import dataclass

# A slow phone holds its thread for one slice, not for the whole video.
SLICE_BYTES = 1024 * 1024
# A player that names both ends wants one segment of a playlist, whole: it does not ask on.
SEGMENT_BYTES = 4 * SLICE_BYTES
_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.ASCII | re.IGNORECASE)
_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Whole:
    """The whole file: no range was asked for, or none that has to be understood."""


@dataclass(frozen=True, slots=True)
class Part:
    """The bytes from ``start`` up to, not including, ``stop``."""

    start: int
    stop: int


@dataclass(frozen=True, slots=True)
class Unsatisfiable:
    """The range asked for begins behind the end."""


Choice = Whole | Part | Unsatisfiable


def choose_range(
    header: str | None, size: int, *, limit: int = SLICE_BYTES, bounded: int = SEGMENT_BYTES
) -> Choice:
    """Choose what to send of a file of ``size`` bytes (RFC 9110, 14.2).

    A range without an end is cut to ``limit`` bytes, which 15.3.7 allows: the answer says what it
    holds and the player asks on. One that says how much it wants is cut to ``bounded`` bytes. A
    header that is malformed, names several ranges or another unit is ignored, as the standard
    permits; a range behind the end cannot be met.
    """
    found = _RANGE.fullmatch(header) if header else None
    if found is None:
        return Whole()
    first, last = found.groups()
    if not first:
        return _suffix(_number(last), size, bounded) if last else Whole()
    if not last:
        return _from(_number(first), size - 1, size, limit)
    if _number(last) < _number(first):
        return Whole()
    return _from(_number(first), _number(last), size, bounded)


def is_range_current(if_range: str | None, etag: str) -> bool:
    """Tell whether the range still fits the file (RFC 9110, 13.1.5).

    Only the exact strong tag does: no date is ever sent, so none can match.
    """
    return if_range is None or if_range.strip() == etag


def _from(first: int, last: int, size: int, limit: int) -> Choice:
    if first >= size:
        return Unsatisfiable()
    return Part(first, min(last + 1, size, first + limit))


def _suffix(length: int, size: int, limit: int) -> Choice:
    if length == 0 or size == 0:
        return Unsatisfiable()
    start = max(size - length, 0)
    return Part(start, min(size, start + limit))


def _number(digits: str) -> int:
    """Return the number; beyond 18 digits every file ends anyway."""
    counting = digits.lstrip("0") or "0"
    return int(counting) if len(counting) <= _DIGITS else 10**_DIGITS
