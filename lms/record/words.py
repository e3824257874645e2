"""The words of a file: kinds of entries, ends of leases, facts; codes travel, these stand here."""

from collections.abc import Mapping
from typing import Any

from lms.core.clock import local_time
from lms.progress.domain.units import ms_to_datetime
from lms.progress.reasons import REASONS
from lms.subsidy.words import SHOWN as FACTS


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


KINDS = {
    "beat": _("Studied"),
    "held_credited": _("Counted after the answer"),
    "held_refused": _("Presence check missed"),
    "credit_taken_back": _("Taken back after a missed check"),
    "check_answered": _("Presence check answered"),
    "appeal": _("Counted by decision, asked for by the learner"),
    "compensation": _("Counted by decision, after an outage"),
}

STATES = {
    "playing": _("playing"),
    "paused": _("paused"),
    "hidden": _("in the background"),
    "ended": _("at the end"),
}

STATUSES = {
    "active": _("Learning"),
    "completed": _("Completed"),
    "withdrawn": _("Withdrawn"),
    "cancelled": _("Cancelled"),
}

BADGES = {
    "pending": _("being signed"),
    "valid": _("valid"),
    "revoked": _("revoked"),
    "expired": _("expired"),
}

# What the templates of a file are given besides the file itself.
SHOWN: Mapping[str, Any] = {
    **FACTS,
    "moment": lambda ms: local_time(ms_to_datetime(ms)),
    "kinds": KINDS,
    "player_states": STATES,
    "statuses": STATUSES,
    "badge_words": BADGES,
    "reasons": REASONS,
}
