"""Reads tokens, what they are offered for, and the lists that systems fetch."""

from lms.exchange.queries.lists import Shown, classes, enrollments, hours
from lms.exchange.queries.tokens import (
    Desk,
    Offer,
    TokenLine,
    desk,
    is_in_reach,
    offer,
    token_by_hash,
    token_in_reach,
)

__all__ = [
    "Desk",
    "Offer",
    "Shown",
    "TokenLine",
    "classes",
    "desk",
    "enrollments",
    "hours",
    "is_in_reach",
    "offer",
    "token_by_hash",
    "token_in_reach",
]
