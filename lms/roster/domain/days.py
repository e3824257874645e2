"""Calendar days of very many moments: the days that meet in 24 hours are looked up once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from lms.core.clock import day_bounds, local_day

_SPAN = 24 * 60 * 60


class Days:
    """Tells the day of a moment given as seconds since 1970, and remembers where it begins."""

    def __init__(self) -> None:
        # By 24 hours of the world's time: when the second of its two days begins, and both.
        self._known: dict[int, tuple[float, date, date]] = {}

    def of(self, moments: Iterable[int | None]) -> list[date | None]:
        """Return the day of each moment; ``None`` stays ``None``."""
        moments = list(moments)
        known = self._known
        for span in {at // _SPAN for at in moments if at is not None}.difference(known):
            known[span] = _days_in(span)
        return [None if at is None else _day(at, known[at // _SPAN]) for at in moments]


def _day(at: int, found: tuple[float, date, date]) -> date:
    turns, first, second = found
    return first if at < turns else second


def _days_in(span: int) -> tuple[float, date, date]:
    begin = span * _SPAN
    first, last = (local_day(datetime.fromtimestamp(at, UTC)) for at in (begin, begin + _SPAN - 1))
    return day_bounds(last)[0].timestamp(), first, last
