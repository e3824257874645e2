"""The words of a file: kinds of entries, ends of leases, facts; codes travel, these stand here."""

from collections.abc import Mapping
from typing import Any

from lms.core.clock import local_time
from lms.progress.domain.units import ms_to_datetime
from lms.progress.reasons import REASONS


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

FACTS = {
    "real_name_verified": _("Real name checked"),
    "sex": _("Sex"),
    "birth_date": _("Birthday"),
    "groups": _("Group"),
    "ties": _("Tie to the county"),
    "public_staff": _("Public staff"),
    "receiving_pension": _("Receives a pension"),
    "full_time_student": _("Full-time student"),
    "consent": _("Consent"),
    "payee_name_matches": _("Name of the account"),
    "other_public_source": _("Other public money"),
    "past_subsidies": _("Earlier subsidies"),
}

SOURCES = {
    "declared": _("said by the learner"),
    "document": _("a paper was shown"),
    "staff": _("checked by staff"),
    "import": _("from a list"),
    "registry": _("from the office"),
}

# What the templates of a file are given besides the file itself.
SHOWN: Mapping[str, Any] = {
    "moment": lambda ms: local_time(ms_to_datetime(ms)),
    "kinds": KINDS,
    "player_states": STATES,
    "statuses": STATUSES,
    "badge_words": BADGES,
    "fact_words": FACTS,
    "sources": SOURCES,
    "reasons": REASONS,
}
