"""Reads badges: what is to be signed, what a page shows, what a file may belong to."""

from lms.credentials.queries.issuing import (
    Due,
    active_keys,
    due,
    list_numbers,
    pending_ids,
    revoked_places,
    standing_keys,
    unbadged_completions,
)
from lms.credentials.queries.judging import Judged, is_ours, judged, key_named

__all__ = [
    "Due",
    "Judged",
    "active_keys",
    "due",
    "is_ours",
    "judged",
    "key_named",
    "list_numbers",
    "pending_ids",
    "revoked_places",
    "standing_keys",
    "unbadged_completions",
]
