"""What narrows a list: the filters of the address bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

Text = Mapping[str, str]


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


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows a list; the names are those of the address bar.

    Days are days of the installation: of completion where only completed enrollments are
    listed, of enrollment otherwise; both ends belong to the list.
    """

    course: str | None = None
    institution: str | None = None
    county: str | None = None
    town: str | None = None
    status: Status = Status.COMPLETED
    first_day: date | None = None
    last_day: date | None = None
    q: str | None = None

    def as_query(self) -> dict[str, str]:
        """Return the filters as the address bar writes them; what narrows nothing is left out."""
        values = {
            "course": self.course,
            "institution": self.institution,
            "county": self.county,
            "town": self.town,
            "status": None if self.status is Status.COMPLETED else str(self.status),
            "from": self.first_day and self.first_day.isoformat(),
            "to": self.last_day and self.last_day.isoformat(),
            "q": self.q,
        }
        return {key: value for key, value in values.items() if value}
