"""Reads what staff type: spot checks, moves, classes, sessions, institutions and listings."""

from lms.staff.forms.catalogue import (
    NewInstitution,
    NewListing,
    parse_institution,
    parse_last_day,
    parse_listing,
)
from lms.staff.forms.classes import (
    parse_class_filters,
    parse_marks,
    parse_meeting,
    parse_phone,
    parse_plan,
    parse_reason,
    parse_session_state,
    parse_state,
)
from lms.staff.forms.desk import (
    parse_chosen,
    parse_class,
    parse_county,
    parse_spot_check,
    parse_version,
)

__all__ = [
    "NewInstitution",
    "NewListing",
    "parse_chosen",
    "parse_class",
    "parse_class_filters",
    "parse_county",
    "parse_institution",
    "parse_last_day",
    "parse_listing",
    "parse_marks",
    "parse_meeting",
    "parse_phone",
    "parse_plan",
    "parse_reason",
    "parse_session_state",
    "parse_spot_check",
    "parse_state",
    "parse_version",
]
