"""The rows of a proof of hours: one a study session, then what they come to."""

from collections.abc import Sequence
from dataclasses import dataclass

from lms.core.clock import local_time
from lms.progress.domain.completion import credit_hours
from lms.progress.domain.units import ms_to_datetime
from lms.roster.domain.filters import Text

TOTAL = {"zh": "合计", "en": "Total"}
_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Sitting:
    """One session of study: a turn of playing on one day, one in a room, or time people granted.

    Moments are milliseconds since 1970; ``day`` is the ordinal of the day it counts on.
    """

    day: int
    title: Text
    credited_ms: int
    from_ms: int | None = None
    until_ms: int | None = None
    checks: int = 0
    passed: int = 0
    quiz: int | None = None
    device: str = ""
    record: str = ""

    @property
    def order(self) -> tuple[int, int]:
        """Return what sorts the sessions of a learner."""
        return (self.day, self.from_ms or 0)

    @property
    def checks_said(self) -> str:
        """Return the presence checks and how many were passed."""
        return f"{self.checks}/{self.passed}" if self.checks else ""


def clock_time(ms: int | None) -> str:
    """Return the time of day of a moment: ``19:05``."""
    at = ms_to_datetime(ms) if ms is not None else None
    return f"{local_time(at):%H:%M}" if at else ""


def minutes(ms: int) -> int:
    """Return whole minutes, rounded down."""
    return ms // _MINUTE_MS


def sum_line(online_ms: int, offline_ms: int, entries: int, head: str) -> str:
    """Return what stands beside the sum: the hash that stands for the whole ledger."""
    hours = credit_hours(online_ms) / 10, credit_hours(offline_ms) / 10
    return f"线上 {hours[0]:.1f}，线下 {hours[1]:.1f}；学习记录 {entries} 条，SHA-256 {head}"


def in_order(sittings: Sequence[Sitting]) -> list[Sitting]:
    """Return the sessions in the order of time."""
    return sorted(sittings, key=lambda each: each.order)
