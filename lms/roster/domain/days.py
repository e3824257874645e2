"""Calendar days of very many moments: each quarter of an hour is looked up once."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from lms.core.clock import local_day

# Every zone of the world is whole quarters of an hour away from the world's time.
QUARTER_SECONDS = 15 * 60
# Half a year; a list goes through time, so what it has left behind is not asked for again.
_MOST_KNOWN = 20_000


class Days:
    """Tells the day of a moment given as quarters of an hour since 1970."""

    def __init__(self) -> None:
        self._known = _Known({None: None})

    def of(self, quarters: Iterable[int | None]) -> list[date | None]:
        """Return the day of each moment; ``None`` stays ``None``."""
        if len(self._known) > _MOST_KNOWN:
            self._known = _Known({None: None})
        return list(map(self._known.__getitem__, quarters))


class _Known(dict[int | None, date | None]):
    def __missing__(self, quarter: int) -> date:
        day = self[quarter] = local_day(datetime.fromtimestamp(quarter * QUARTER_SECONDS, UTC))
        return day
