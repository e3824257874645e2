"""What narrows figures, and by what they are broken down: the words of the address bar."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from lms.insights.domain.months import written


class Dimension(StrEnum):
    """What figures may be broken down by."""

    COUNTY = "county"
    TOWN = "town"
    GROUP = "group"
    PROGRAMME = "programme"
    COURSE = "course"
    INSTITUTION = "institution"
    MONTH = "month"


# A group nobody wrote down, in the address bar.
UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Filters:
    """What narrows figures; ``month`` is written 202605 here and 2026-05 in the address bar."""

    county: str | None = None
    town: str | None = None
    programme: str | None = None
    course: str | None = None
    institution: str | None = None
    group: str | None = None
    month: int | None = None

    def as_query(self) -> Mapping[str, str]:
        """Return the filters as the address bar writes them."""
        values = {
            "county": self.county,
            "town": self.town,
            "programme": self.programme,
            "course": self.course,
            "institution": self.institution,
            "group": self.group,
            "month": written(self.month) if self.month else None,
        }
        return {key: value for key, value in values.items() if value}
