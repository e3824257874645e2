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
from lms.credentials.queries.judging import Judged, is_ours, judged, key_named, list_document
from lms.credentials.queries.pages import (
    Badge,
    Request,
    badge,
    badge_in_reach,
    badges_in_reach,
    badges_of,
    holder_number,
    id_of_serial,
    open_request,
    request_in_reach,
    requests,
)

__all__ = [
    "Badge",
    "Due",
    "Judged",
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
    "judged",
    "key_named",
    "list_document",
    "list_numbers",
    "open_request",
    "pending_ids",
    "request_in_reach",
    "requests",
    "revoked_places",
    "standing_keys",
    "unbadged_completions",
]
