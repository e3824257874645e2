"""Where a public list and what hangs on it stand, and what may be done with it on which day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from hashlib import sha256

from lms.core.errors import Conflict

# A list of so many rows is printed while somebody waits; a worker prints longer ones.
PRINTED_AT_ONCE = 500


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


class Outcome(StrEnum):
    """What the desk does about an objection: no ground for it, or what becomes of the claim."""

    DISMISS = "dismiss"
    RETURN = "return"
    REJECT = "reject"

    @property
    def ruling(self) -> ObjectionRuling:
        """Return what is kept as the ruling."""
        return ObjectionRuling.DISMISSED if self is Outcome.DISMISS else ObjectionRuling.UPHELD


@dataclass(frozen=True, slots=True)
class NewObjection:
    """What somebody says against a row of a list (``None``: the list), and how to reach them."""

    place: int | None
    words: str
    contact: str


@dataclass(frozen=True, slots=True)
class Ruling:
    """What the desk does about an objection, and why."""

    outcome: Outcome
    reason: str


def seen(state: NoticeState, last_day: date, today: date) -> NoticeState:
    """Return how a list stands for visitors: over from the day after the last, whoever closed it.

    Nothing has to run for that, so a worker that stands still leaves no list hanging.
    """
    if state is NoticeState.OPEN and today > last_day:
        return NoticeState.OVER
    return state


def require_hanging(state: NoticeState, last_day: date, today: date) -> None:
    """Raise ``Conflict`` where nobody may object to the list any more, with where to turn to."""
    if seen(state, last_day, today) is not NoticeState.OPEN:
        raise Conflict(
            "notice_over",
            "The days of this list are over, or it was taken down. Please turn to the county "
            "office, or call 12333.",
        )


def require_over(state: NoticeState, last_day: date, today: date) -> None:
    """Raise ``Conflict`` unless the days of an open list are over: nothing is approved before."""
    if state is not NoticeState.OPEN:
        raise _closed()
    if today <= last_day:
        raise Conflict(
            "notice_hangs",
            "This list hangs out up to %(last)s, that day included. Approve it afterwards.",
            last=last_day.isoformat(),
        )


def require_open(state: NoticeState) -> None:
    """Raise ``Conflict`` for a list that was closed or taken down."""
    if state is not NoticeState.OPEN:
        raise _closed()


def edition(hidden: Iterable[tuple[int, str]]) -> str:
    """Return a short name of what a printed list hides: the places and states of such rows."""
    said = ",".join(f"{place}{state}" for place, state in sorted(hidden))
    return sha256(said.encode()).hexdigest()[:12]


def _closed() -> Conflict:
    return Conflict("notice_closed", "This list was closed or taken down already.")
