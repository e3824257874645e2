"""Changes at the desk that join features: attendance of many at once, rosters, seats by hand."""

from lms.staff.service.attendance import Marked, mark_people
from lms.staff.service.rosters import (
    TAKEN,
    Found,
    LookedAt,
    TakenIn,
    find,
    forget_drafts,
    keep_draft,
    reach_county,
    require_waiting,
    take_in,
)
from lms.staff.service.seats import seat_person

__all__ = [
    "TAKEN",
    "Found",
    "LookedAt",
    "Marked",
    "TakenIn",
    "find",
    "forget_drafts",
    "keep_draft",
    "mark_people",
    "reach_county",
    "require_waiting",
    "seat_person",
    "take_in",
]
