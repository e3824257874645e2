"""Where a public list and what hangs on it stand."""

from enum import StrEnum


class NoticeState(StrEnum):
    """A list hangs out, its days are over, or it was taken down because something was wrong."""

    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"


class IdMask(StrEnum):
    """How much of an identity number a list shows: the last four digits, or 6+8+4."""

    LAST_FOUR = "last_four"
    SIX_AND_FOUR = "six_four"


class RowState(StrEnum):
    """Whether a row hangs out, is hidden after an objection, was taken off, or passed unharmed."""

    STANDING = "standing"
    OBJECTED = "objected"
    PULLED = "pulled"
    DONE = "done"


class ObjectionRuling(StrEnum):
    """What came of an objection."""

    UPHELD = "upheld"
    DISMISSED = "dismissed"
