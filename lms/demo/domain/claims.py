"""How far the claims of the demo counties came, and on which working days each step was done."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from lms.demo.domain.learners import CHANGSHAN, JIANGSHAN, Place
from lms.subsidy.domain.workdays import Calendars, WorkCalendar

_DAY = timedelta(days=1)


class Road(StrEnum):
    """How far a demo claim came."""

    PAID = "paid"
    BOUNCED = "bounced"
    DOUBTED = "doubted"
    CLAWED_BACK = "clawed_back"
    SENT = "sent"
    PLANNED = "planned"
    APPROVED = "approved"
    REJECTED = "rejected"
    LISTED = "listed"
    OBJECTED = "objected"
    PASSED = "passed"
    LOOKED_AT = "looked_at"
    SUBMITTED = "submitted"
    # Handed in, with something the learner does not know and the office has to look at.
    UNPROVEN = "unproven"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


@dataclass(frozen=True, slots=True)
class Days:
    """On which working day before today a claim is handed in and looked at; ``None``: never."""

    handed_in: int
    first_look: int | None = None
    second_look: int | None = None


@dataclass(frozen=True, slots=True)
class DemoList:
    """Claims that hang out together; without ``approved`` their list hangs today."""

    roads: frozenset[Road]
    published: int
    approved: int | None = None


@dataclass(frozen=True, slots=True)
class DemoBatch:
    """Claims that are paid together, as far as the batch came."""

    roads: frozenset[Road]
    prepared: int
    released: int | None = None
    answered: int | None = None


_PAID = (Road.PAID, Road.BOUNCED, Road.DOUBTED, Road.CLAWED_BACK)
_APPROVED = (Road.SENT, Road.PLANNED, Road.APPROVED, Road.REJECTED)
_LISTED = (Road.LISTED, Road.OBJECTED)

DAYS: Mapping[Road, Days] = {
    **dict.fromkeys(_PAID, Days(44, 41, 39)),
    **dict.fromkeys(_APPROVED, Days(26, 23, 21)),
    **dict.fromkeys(_LISTED, Days(12, 9, 6)),
    Road.PASSED: Days(7, 4, 2),
    Road.LOOKED_AT: Days(5, 2),
    Road.SUBMITTED: Days(2),
    Road.UNPROVEN: Days(3),
    Road.RETURNED: Days(9),
    Road.WITHDRAWN: Days(8),
    Road.DRAFT: Days(1),
}
# One published on the third working day before today hangs out today, whatever day that is.
LISTS = (
    DemoList(frozenset(_PAID), 37, 31),
    DemoList(frozenset(_APPROVED), 18, 12),
    DemoList(frozenset(_LISTED), 3),
)
# On this day the first list hung out for some hours with a wrong telephone number.
MISTAKEN = 38
BATCHES = (
    DemoBatch(frozenset(_PAID), 30, 29, 26),
    DemoBatch(frozenset({Road.SENT}), 4, 3),
    DemoBatch(frozenset({Road.PLANNED}), 1),
)

ROADS: Mapping[Place, tuple[Road, ...]] = {
    CHANGSHAN: (
        *(Road.PAID, Road.PAID, Road.BOUNCED, Road.DOUBTED, Road.CLAWED_BACK),
        *(Road.SENT, Road.SENT, Road.PLANNED, Road.APPROVED, Road.REJECTED),
        *(Road.LISTED, Road.LISTED, Road.LISTED, Road.OBJECTED),
        *(Road.PASSED, Road.PASSED, Road.LOOKED_AT, Road.SUBMITTED),
        *(Road.UNPROVEN, Road.RETURNED, Road.WITHDRAWN, Road.DRAFT),
    ),
    JIANGSHAN: (Road.PAID, Road.APPROVED, Road.LISTED, Road.PASSED, Road.SUBMITTED),
}


@dataclass(frozen=True, slots=True)
class OfficeDays:
    """The working days up to today."""

    calendars: Calendars
    today: date

    def before(self, count: int) -> int:
        """Return how many days from today the ``count``-th working day before it lies; negative."""
        day = self.today
        for _ in range(count):
            day -= _DAY
            while not self.calendars.is_working(day):
                day -= _DAY
        return (day - self.today).days


def with_plain_years(known: Calendars, today: date) -> Calendars:
    """Return what is known, and the plain week for years around today that nobody entered.

    The demo alone counts so, and keeps nothing of it: at the desk such a year stays unknown.
    """
    around = range(today.year - 1, today.year + 2)
    plain = {year: WorkCalendar(year, "", date(year, 1, 1), (), ()) for year in around}
    return Calendars({**plain, **known.by_year})
