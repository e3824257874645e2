"""Reads what staff type and what addresses of the desk say."""

from lms.staff.forms.acts import parse_acts, parse_after
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
    parse_part,
    parse_plan,
    parse_seat,
    parse_seat_search,
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
from lms.staff.forms.people import (
    is_card,
    parse_correction,
    parse_grant,
    parse_guardian,
    parse_helped,
    parse_look,
    parse_people,
    parse_reason,
)
from lms.staff.forms.rosters import (
    NewRoster,
    parse_chosen_class,
    parse_roster,
    require_consent,
    require_papers,
)

__all__ = [
    "NewInstitution",
    "NewListing",
    "NewRoster",
    "is_card",
    "parse_acts",
    "parse_after",
    "parse_chosen",
    "parse_chosen_class",
    "parse_class",
    "parse_class_filters",
    "parse_correction",
    "parse_county",
    "parse_grant",
    "parse_guardian",
    "parse_helped",
    "parse_institution",
    "parse_last_day",
    "parse_listing",
    "parse_look",
    "parse_marks",
    "parse_meeting",
    "parse_part",
    "parse_people",
    "parse_plan",
    "parse_reason",
    "parse_roster",
    "parse_seat",
    "parse_seat_search",
    "parse_session_state",
    "parse_spot_check",
    "parse_state",
    "parse_version",
    "require_consent",
    "require_papers",
]
