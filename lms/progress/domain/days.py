"""Local days of the wall clock, and a learner's time that never runs backwards."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from lms.progress.domain.settings import Night
from lms.progress.domain.state import DayPart
from lms.progress.domain.units import MS_PER_SECOND

_HOUR_MS = 60 * 60 * MS_PER_SECOND
# When a programme does not pay the night: from 23:00 to 06:00.
_MORNING_MS = 6 * _HOUR_MS
_EVENING_MS = 23 * _HOUR_MS


class Day(NamedTuple):
    """A local day: its ordinal (``date.toordinal``) and the moments it begins and ends, ms."""

    ordinal: int
    begins_at: int
    ends_at: int


def split_days(
    begins_at: int,
    ends_at: int,
    day_of: Callable[[int], Day],
    used_ms: Mapping[int, int],
    night: Night = Night.COUNTS,
) -> tuple[DayPart, ...]:
    """Cut ``[begins_at, ends_at]`` at local midnights, and at the night where it is not paid.

    ``used_ms`` maps day to what is credited and held on it. A stretch of no length gives the
    one part it lies in.
    """
    parts: list[DayPart] = []
    at = begins_at
    while at < ends_at or not parts:
        day = day_of(at)
        stop, counts = _part_of(day, at, night)
        stop = min(stop, ends_at)
        parts.append(DayPart(day.ordinal, at, stop, used_ms.get(day.ordinal, 0), counts))
        at = stop
    return tuple(parts)


def _part_of(day: Day, at: int, night: Night) -> tuple[int, bool]:
    """Return where the part of the day that holds ``at`` ends, and whether it is paid."""
    if night is Night.COUNTS:
        return day.ends_at, True
    morning, evening = day.begins_at + _MORNING_MS, day.begins_at + _EVENING_MS
    if at < morning:
        return morning, False
    return (evening, True) if at < evening else (day.ends_at, False)


def steady_now(
    read_ms: int, read_before_ms: int, ahead_ms: int, gap_cap_ms: int
) -> tuple[int, int]:
    """Return the learner's now for what the database's clock reads, and how far it is ahead.

    A clock set back must not freeze a learner's time until it has caught up, nor may the same
    hour be lived twice. So the learner's time stands still once and then runs on, ``ahead`` of
    the clock, until that was set right again (a jump longer than any gap that is paid).
    """
    before = read_before_ms + ahead_ms
    if read_ms < read_before_ms:
        return before, before - read_ms
    if ahead_ms and read_ms >= before and read_ms - read_before_ms > gap_cap_ms:
        return read_ms, 0
    return read_ms + ahead_ms, ahead_ms
