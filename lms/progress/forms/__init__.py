"""What players, learners and the desk may send."""

from lms.progress.forms.desk import (
    parse_cursor,
    parse_decision,
    parse_flag_ruling,
    parse_late,
    parse_outage,
    parse_words,
)
from lms.progress.forms.player import parse_beat, parse_check

__all__ = [
    "parse_beat",
    "parse_check",
    "parse_cursor",
    "parse_decision",
    "parse_flag_ruling",
    "parse_late",
    "parse_outage",
    "parse_words",
]
