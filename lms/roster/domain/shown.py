"""Which columns a list of completions shows: chosen ones, else the usual ones of its result."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from lms.roster.domain.filters import Status


class ListColumn(StrEnum):
    """A column somebody may choose, in the order of the page; the name is always there."""

    PHONE = "phone"
    TOWN = "town"
    GROUP = "group"
    COURSE = "course"
    CLASS = "class"
    HOURS = "hours"
    ATTENDANCE = "attendance"
    TEST = "test"
    ENROLLED = "enrolled"
    COMPLETED = "completed"
    RESULT = "result"
    CERTIFICATE = "certificate"
    CLAIM = "claim"
    FLAGS = "flags"
    MISSING = "missing"


_USUAL = (
    *(ListColumn.TOWN, ListColumn.GROUP, ListColumn.COURSE, ListColumn.HOURS),
    *(ListColumn.ATTENDANCE, ListColumn.TEST),
)
_OF_RESULT = {
    Status.COMPLETED: (ListColumn.COMPLETED, ListColumn.CERTIFICATE, ListColumn.CLAIM),
    Status.ACTIVE: (ListColumn.ENROLLED, ListColumn.MISSING),
    Status.ALL: (ListColumn.COMPLETED, ListColumn.RESULT, ListColumn.MISSING),
}


def columns_shown(chosen: Iterable[str] | None, status: Status) -> Sequence[ListColumn]:
    """Return the columns of a list; without a choice those that suit its result."""
    if chosen is None:
        wanted = {*_USUAL, *_OF_RESULT.get(status, (ListColumn.ENROLLED,)), ListColumn.FLAGS}
    else:
        wanted = {ListColumn(each) for each in chosen if each in set(ListColumn)}
    return [column for column in ListColumn if column in wanted]
