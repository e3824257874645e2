"""What narrows a list: the filters of the address bar, and a place in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

Text = Mapping[str, str]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_CURSOR = re.compile(r"(-?[0-9]{1,18})-([0-9]{1,18})")


class Status(StrEnum):
    """Which enrollments a list holds; ``active`` are those not finished."""

    COMPLETED = "completed"
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    CANCELLED = "cancelled"
    ALL = "all"


STATUS_WORDS: Mapping[str, Text] = {
    Status.COMPLETED: {"zh": "已结业", "en": "Completed"},
    Status.ACTIVE: {"zh": "没学完", "en": "Not finished"},
    Status.WITHDRAWN: {"zh": "已退出", "en": "Withdrawn"},
    Status.CANCELLED: {"zh": "已取消", "en": "Cancelled"},
}


class Reason(StrEnum):
    """Why somebody is behind, the most urgent first."""

    OVER = "over"
    ENDING = "ending"
    SILENT = "silent"


REASON_WORDS: Mapping[str, Text] = {
    Reason.OVER: {"zh": "班期已结束", "en": "Class is over"},
    Reason.ENDING: {"zh": "班期快结束", "en": "Class ends soon"},
    Reason.SILENT: {"zh": "好久没学", "en": "Not studying"},
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a line stands in a list: its moment and its record; lists go from late to early."""

    at: datetime
    enrollment_id: int

    def __str__(self) -> str:
        """Return it as an address carries it; it is a place, not a right."""
        return f"{(self.at - _EPOCH) // _MICROSECOND}-{self.enrollment_id}"

    @classmethod
    def read(cls, written: str) -> "Place | None":
        """Return the place an address means; ``None`` where there can be none."""
        found = _CURSOR.fullmatch(written)
        try:
            return cls(_EPOCH + int(found[1]) * _MICROSECOND, int(found[2])) if found else None
        except OverflowError:
            return None


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; the names are those of the address bar.

    Days are days of the installation: of completion where only completed enrollments are
    listed, of enrollment otherwise; both ends belong to the list. ``group`` is who belongs to it
    now, ``reason`` why somebody is on the call list. ``ids`` are records somebody chose one by
    one; they are stored with an order and never written into an address.
    """

    course: str | None = None
    institution: str | None = None
    county: str | None = None
    town: str | None = None
    status: Status = Status.COMPLETED
    first_day: date | None = None
    last_day: date | None = None
    q: str | None = None
    training_class: int | None = None
    group: str | None = None
    reason: Reason | None = None
    ids: tuple[int, ...] = ()

    def as_query(self) -> dict[str, str]:
        """Return the filters as they are stored; what narrows nothing is left out."""
        values = {
            "course": self.course,
            "class": self.training_class and str(self.training_class),
            "institution": self.institution,
            "county": self.county,
            "town": self.town,
            "group": self.group,
            "reason": self.reason and str(self.reason),
            "status": None if self.status is Status.COMPLETED else str(self.status),
            "from": self.first_day and self.first_day.isoformat(),
            "to": self.last_day and self.last_day.isoformat(),
            "q": self.q,
            "ids": ",".join(str(each) for each in self.ids),
        }
        return {key: value for key, value in values.items() if value}

    def in_address(self) -> dict[str, str]:
        """Return the filters as the address bar writes them: who was chosen stays out of it."""
        return {key: value for key, value in self.as_query().items() if key != "ids"}
