"""Does what the demo plans in the order of its moments, as it would have happened."""

from collections.abc import Callable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from lms.core.clock import day_bounds, local_day

Act = Callable[[datetime], None]


class Diary:
    """Acts with their moments, all of them before ``now``; an act may plan later ones."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = local_day(now)
        self._acts: list[tuple[datetime, int, Act]] = []
        self._planned = 0

    def at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """Return the moment at which a clock here shows the time, so many days from today."""
        begins = day_bounds(self.today + timedelta(days=days))[0]
        return begins + timedelta(hours=hour, minutes=minute)

    def on(self, moment: datetime, act: Act) -> None:
        """Plan an act; of two at one moment the one planned first comes first."""
        self._planned += 1
        heappush(self._acts, (moment, self._planned, act))

    def live(self) -> int:
        """Do it all, each act as of its moment; return how many there were."""
        while self._acts:
            moment, _, act = heappop(self._acts)
            act(moment)
        return self._planned
