"""Reads badges: what is to be signed, what a page shows, what a file may belong to."""

from lms.credentials.queries.issuing import (
    Due,
    active_keys,
    due,
    is_withheld,
    list_numbers,
    pending_ids,
    revoked_places,
    standing_keys,
    unbadged_completions,
)
from lms.credentials.queries.judging import is_ours, key_named, list_document, place_of
from lms.credentials.queries.pages import (
    Badge,
    Request,
    badge,
    badge_in_reach,
    badges_in_reach,
    badges_of,
    holder_number,
    id_of_serial,
    request_in_reach,
    requests,
    standing_request,
)

__all__ = [
    "Badge",
    "Due",
    "Request",
    "active_keys",
    "badge",
    "badge_in_reach",
    "badges_in_reach",
    "badges_of",
    "due",
    "holder_number",
    "id_of_serial",
    "is_ours",
    "is_withheld",
    "key_named",
    "list_document",
    "list_numbers",
    "pending_ids",
    "place_of",
    "request_in_reach",
    "requests",
    "revoked_places",
    "standing_keys",
    "standing_request",
    "unbadged_completions",
]
