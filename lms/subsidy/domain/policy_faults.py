"""What may be wrong with a policy and where, as messages that are translated when shown."""

from datetime import date

from lms.core.errors import Message
from lms.subsidy.domain.reading import Where, at, shown

FILE = Message("file", "the file")
NO_CLAUSES = Message("no_clauses", "a policy without clauses would be met by everybody")
NO_ENTRIES = Message("no_entries", "the policy's own “catalogue” lists nothing")
DECIMALS = Message("decimals", "an amount has no more than two decimals")
LONG_NAME = Message("long_name", "“id” or “version” is too long")


def version(number: int) -> Message:
    """Return the place of a version in a text."""
    return Message("version", "version %(number)s", {"number": number})


def clause(where: Where, number: int) -> Message:
    """Return the place of a clause."""
    return at(where, Message("clause", "clause %(number)s", {"number": number}))


def named(where: Where, kind: str) -> Message:
    """Return the place of a clause whose kind is known."""
    return Message("clause_named", "%(where)s (%(clause)s)", {"where": where, "clause": kind})


def level(where: Where, value: object) -> Message:
    """Return the place of an amount."""
    return at(where, Message("level", "level %(level)s", {"level": shown(value)}))


def no_clause(name: object) -> Message:
    """Return that there is no such clause."""
    return Message("no_clause", "there is no clause %(name)s", {"name": shown(name)})


def second(kind: str) -> Message:
    """Return that a clause stands in a policy twice."""
    return Message("clause_twice", "a second %(clause)s", {"clause": kind})


def too_young(least: int) -> Message:
    """Return that the greatest age lies below the least."""
    return Message("ages", "it is below the least age of %(least)s", {"least": least})


def above_hundred(value: object) -> Message:
    """Return that a share is above the whole."""
    return Message("percent", "%(value)s is above 100", {"value": str(value)})


def above(value: int, most: int) -> Message:
    """Return that there are too many of something."""
    return Message("too_many", "%(value)s is above %(most)s", {"value": value, "most": most})


def unquoted(value: object) -> Message:
    """Return that a version is a number, which loses what stands behind the point."""
    return Message("unquoted", 'write it in quotes: "%(value)s"', {"value": str(value)})


def reversed_days(first: date, last: date) -> Message:
    """Return that something ends before it begins."""
    days = {"last": str(last), "first": str(first)}
    return Message("reversed", "it ends on %(last)s, before it begins on %(first)s", days)


def stands_twice(name: str) -> Message:
    """Return that a version stands in the files twice."""
    return Message("version_twice", "%(name)s stands here a second time", {"name": name})


def is_there(name: str) -> Message:
    """Return that a version was loaded before."""
    params = {"name": name}
    return Message("version_known", "%(name)s is there already; a version never changes", params)


def share_days(name: str, other: str, day: date) -> Message:
    """Return that two versions of a policy cover the same day."""
    return Message(
        "days_shared",
        "%(name)s shares days with %(other)s: both cover %(day)s",
        {"name": name, "other": other, "day": str(day)},
    )


def belongs(programme: str, policy: str) -> Message:
    """Return that a programme has another policy."""
    params = {"programme": programme, "policy": policy}
    return Message("belongs", "programme %(programme)s already belongs to %(policy)s", params)
