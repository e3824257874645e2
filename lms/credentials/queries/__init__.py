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

__all__ = [
    "Due",
    "active_keys",
    "due",
    "list_numbers",
    "pending_ids",
    "revoked_places",
    "standing_keys",
    "unbadged_completions",
]
