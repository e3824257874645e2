"""Reads what staff type and what addresses of the desk say."""

from lms.staff.forms.desk import parse_chosen, parse_class, parse_spot_check, parse_version
from lms.staff.forms.people import (
    parse_correction,
    parse_grant,
    parse_guardian,
    parse_helped,
    parse_look,
    parse_people,
    parse_reason,
)

__all__ = [
    "parse_chosen",
    "parse_class",
    "parse_correction",
    "parse_grant",
    "parse_guardian",
    "parse_helped",
    "parse_look",
    "parse_people",
    "parse_reason",
    "parse_spot_check",
    "parse_version",
]
