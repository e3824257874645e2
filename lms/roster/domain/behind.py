"""Who is behind with a course, why, and who is to be called first."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from lms.progress.domain.completion import credit_hours
from lms.roster.domain.filters import Reason

# So many days without counted time are long enough to ask how somebody is.
SILENT_DAYS = 7
# So many days before a class ends who has not finished has to hear of it.
ENDING_DAYS = 14
# Of an enrollment that no class bounds: behind every day there is.
NEVER = date.max.toordinal()
_PLACE = re.compile(r"([0-9]{1,7})-([0-9]{1,7})-([0-9]{1,18})")


@dataclass(frozen=True, slots=True)
class Standing:
    """How far somebody is with a course that is not finished.

    ``studied_on`` is the newest day on which time counted, on line or in the room; ``ends_on`` the
    last day of the class. Milliseconds are those that count so far, on line and in the room, and
    those the course has; one that trains for nothing has none on line.
    """

    enrolled_on: date
    studied_on: date | None
    ends_on: date | None
    online_ms: int = 0
    online_needed_ms: int = 0
    room_ms: int = 0
    room_needed_ms: int = 0

    @property
    def since(self) -> date:
        """Return the day since which nothing counted: at the earliest the day of enrollment."""
        return max(self.enrolled_on, self.studied_on or date.min)

    @property
    def has_begun(self) -> bool:
        """Tell whether anything counts, be it granted or of an earlier time."""
        return self.studied_on is not None or self.online_ms + self.room_ms > 0

    @property
    def hours(self) -> float:
        """Return the credit hours that count so far."""
        return credit_hours(self.online_ms + self.room_ms) / 10

    @property
    def needed(self) -> float:
        """Return the credit hours of the course."""
        return credit_hours(self.online_needed_ms + self.room_needed_ms) / 10

    @property
    def missing(self) -> float:
        """Return the credit hours that are missing, rounded up: too much of one is not the other.

        What is there is never rounded up, so what is missing never down.
        """
        online = max(0, self.online_needed_ms - self.online_ms)
        room = max(0, self.room_needed_ms - self.room_ms)
        return -credit_hours(-online - room) / 10

    def reasons(self, today: date) -> tuple[Reason, ...]:
        """Return why they are behind on a day, the most urgent first; none: they are not."""
        found = []
        if self.ends_on is not None and self.ends_on < today:
            found.append(Reason.OVER)
        elif self.ends_on is not None and (self.ends_on - today).days <= ENDING_DAYS:
            found.append(Reason.ENDING)
        if (today - self.since).days >= SILENT_DAYS:
            found.append(Reason.SILENT)
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Turn:
    """When it is somebody's turn to be called: class over or ending first, then longest silent.

    ``due`` is the last day of a class that is over or ends soon, else ``NEVER``; both are days'
    ordinals. It is a place in the list, not a right.
    """

    due: int
    since: int
    enrollment_id: int

    def __str__(self) -> str:
        """Return it as an address carries it."""
        return f"{self.due}-{self.since}-{self.enrollment_id}"

    @classmethod
    def read(cls, written: str) -> "Turn | None":
        """Return the place an address means; ``None`` where there can be none."""
        found = _PLACE.fullmatch(written)
        return cls(*map(int, found.groups())) if found else None


def turn_of(standing: Standing, enrollment_id: int, today: date) -> Turn:
    """Return when it is their turn."""
    is_due = {Reason.OVER, Reason.ENDING} & set(standing.reasons(today))
    due = standing.ends_on.toordinal() if is_due and standing.ends_on else NEVER
    return Turn(due, standing.since.toordinal(), enrollment_id)


def last_days(today: date) -> tuple[date, date]:
    """Return the newest day to be silent since, and the last day on which a class ends soon."""
    return today - timedelta(days=SILENT_DAYS), today + timedelta(days=ENDING_DAYS)
