"""What somebody may order as a package."""

from dataclasses import dataclass
from datetime import date

from lms.handover.domain.draws import SpotCheck
from lms.roster.domain.filters import Filters

MOST_PEOPLE = 500
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Order:
    """Whom a package is to hold, and for what: one learner, or some drawn of those who fit."""

    purpose: str
    filters: Filters
    draw: SpotCheck | None = None
    learner_id: int | None = None


def file_name(day: date) -> str:
    """Return the name the browser saves a package under."""
    return f"xiangbo-{day.isoformat()}.zip"
