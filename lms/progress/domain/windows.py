"""The stretch of wall time a beat may still spend, and how much of it each local day pays."""

from dataclasses import dataclass

from lms.progress.domain.settings import CountingSettings
from lms.progress.domain.state import Lease, Moment


@dataclass(frozen=True, slots=True)
class Window:
    """Wall time ``[begins_at, ends_at)`` not spent yet; empty where it ends before it begins.

    ``uncapped_ms`` is its length if ``gap_cap`` did not cut off what is too long ago.
    """

    begins_at: int
    ends_at: int
    uncapped_ms: int

    @property
    def length_ms(self) -> int:
        """Return the milliseconds there are to spend."""
        return max(0, self.ends_at - self.begins_at)


@dataclass(frozen=True, slots=True)
class PaidPart:
    """The stretch of a window in one local day, and how much of it may be credited."""

    day: int
    begins_at: int
    length_ms: int
    allowed_ms: int


def open_window(mark: int, lease: Lease, now: int, settings: CountingSettings) -> Window:
    """Return the window of one mark: from the latest of mark, lease start and ``now - gap_cap``.

    It runs to ``now`` or to the lease's end if that came first, so time outside a lease is
    never paid and time not used stays usable for ``gap_cap`` (counting.md, the clock).
    """
    ends_at = now if lease.ended_at is None else min(now, lease.ended_at)
    unspent_from = max(mark, lease.started_at)
    return Window(
        begins_at=max(unspent_from, now - settings.gap_cap_ms),
        ends_at=ends_at,
        uncapped_ms=max(0, ends_at - unspent_from),
    )


def cut_to_days(window: Window, moment: Moment, settings: CountingSettings) -> tuple[PaidPart, ...]:
    """Cut ``window`` at the days of ``moment``, each allowed what its daily cap has left.

    Raises ``ValueError`` where the days handed in leave a part of the window out.
    """
    paid: list[PaidPart] = []
    left: dict[int, int] = {}
    for part in moment.parts:
        begins_at = max(part.begins_at, window.begins_at)
        length = min(part.ends_at, window.ends_at) - begins_at
        if length <= 0:
            continue
        day_left = left.setdefault(part.day, max(0, settings.daily_cap_ms - part.used_ms))
        allowed = min(length, day_left) if part.counts else 0
        left[part.day] = day_left - allowed
        paid.append(PaidPart(part.day, begins_at, length, allowed))
    if sum(part.length_ms for part in paid) != window.length_ms:
        raise ValueError("the days handed in do not cover the window of the beat")
    return tuple(paid)
