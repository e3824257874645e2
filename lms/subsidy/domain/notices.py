"""Where a public list and what hangs on it stand."""

from enum import StrEnum


class NoticeState(StrEnum):
    """A list hangs out, its days are over, or it was taken down because something was wrong."""

    OPEN = "open"
    OVER = "over"
    CANCELLED = "cancelled"


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
