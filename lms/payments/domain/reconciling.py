"""What a reconciliation with a provider's list finds, and how far back it looks."""

from datetime import timedelta
from enum import StrEnum

# Late answers of banks and refunds arrive within days; whoever asks may look further back.
NIGHTLY = timedelta(days=7)
MOST_DAYS = 90
# What came in near the beginning may hang on a page that was opened before it.
MARGIN = timedelta(days=1)


class Differs(StrEnum):
    """What differed: we had not heard of it, it fits nothing, or they do not know of it."""

    MISSED = "missed"
    DOES_NOT_FIT = "does_not_fit"
    NOT_THERE = "not_there"
