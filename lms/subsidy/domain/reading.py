"""Read values out of parsed YAML strictly: what does not fit is refused with its place."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from lms.core.errors import Message
from lms.subsidy.domain.policy import Number

_Read = TypeVar("_Read")
# Where something stands: a plain text, or a message where people read it in their language.
Where = str | Message
Reader = Callable[[object, Any], _Read]


def _(text: str) -> str:
    """Mark a sentence for translation."""
    return text


_NO_MAPPING = _("a mapping is expected here, not %(value)s")
_NO_WORD = _("the key %(value)s is not a word")
_NO_LIST = _("a list is expected here, not %(value)s")
_NO_TEXT = _("a text is expected here, not %(value)s")
_NO_WHOLE = _("a whole number is expected here, not %(value)s")
_NO_NUMBER = _("a number is expected here, not %(value)s")
_NOT_FINITE = _("%(value)s is not a number")
_NO_DAY = _("a day like 2025-03-01 is expected here, not %(value)s")
_NOT_KNOWN = _("“%(name)s” is not known here")
_LACKING = _("“%(name)s” is missing")


class MalformedError(ValueError):
    """A file does not have its shape; the message says where and why."""

    def __init__(self, where: Where, why: Where) -> None:
        self.message = Message("malformed", "%(where)s: %(why)s", {"where": where, "why": why})
        super().__init__(str(self.message))


def at(where: Where, step: Where) -> Message:
    """Return a place inside another one."""
    return Message("place", "%(where)s, %(step)s", {"where": where, "step": step})


def key(where: Where, name: str) -> Message:
    """Return the place of a value with a name."""
    return at(where, f"“{name}”")


def _entry(where: Where, number: int) -> Where:
    """Return the place of an entry; facts are read by the million, and their places are texts."""
    if isinstance(where, str):
        return f"{where}, entry {number}"
    return at(where, Message("entry", "entry %(number)s", {"number": number}))


def pairs(value: object, where: Where) -> Mapping[Any, Any]:
    """Return a mapping, whatever its keys."""
    if not isinstance(value, Mapping):
        raise MalformedError(where, _told(_NO_MAPPING, value))
    return value


def mapping(value: object, where: Where) -> Mapping[str, Any]:
    """Return a mapping whose keys are words."""
    found = pairs(value, where)
    for each in found:
        if not isinstance(each, str):
            raise MalformedError(where, _told(_NO_WORD, each))
    return found


def sequence(value: object, where: Where) -> Sequence[Any]:
    """Return a list."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise MalformedError(where, _told(_NO_LIST, value))
    return value


def fields(
    value: object, where: Where, *, needed: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return a mapping that has all the needed keys and none but those and the optional ones."""
    found = mapping(value, where)
    for name in found:
        if name not in needed and name not in optional:
            raise MalformedError(where, _of(_NOT_KNOWN, name))
    for name in needed:
        if name not in found:
            raise MalformedError(where, _of(_LACKING, name))
    return found


def text(value: object, where: Where) -> str:
    """Return a text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise MalformedError(where, _told(_NO_TEXT, value))
    return value


def truth(value: object, where: Where) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise MalformedError(where, f"true or false is expected here, not {shown(value)}")
    return value


def whole(value: object, where: Where, *, least: int = 0) -> int:
    """Return a whole number that is not below ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError(where, _told(_NO_WHOLE, value))
    if value < least:
        raise MalformedError(where, _below(value, least))
    return value


def counting(value: object, where: Where) -> int:
    """Return a whole number above 0."""
    return whole(value, where, least=1)


def number(value: object, where: Where) -> Number:
    """Return a number that is not negative, exactly as its decimal text says."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedError(where, _told(_NO_NUMBER, value))
    try:
        exact = Fraction(str(value))
    except ValueError as error:
        raise MalformedError(where, _told(_NOT_FINITE, value)) from error
    if exact < 0:
        raise MalformedError(where, _below(value, 0))
    return exact.numerator if exact.denominator == 1 else exact


def above_zero(value: object, where: Where) -> Number:
    """Return a number above 0."""
    found = number(value, where)
    if not found:
        raise MalformedError(where, Message("zero", "this must be above 0"))
    return found


def day(value: object, where: Where) -> date:
    """Return a calendar day, written plainly or as a text: ``2025-03-01``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # asked and refused below
    except (TypeError, ValueError) as error:
        raise MalformedError(
            where,
            _told(_NO_DAY, value),
        ) from error


def maybe(value: object, where: Where, read: Reader[_Read]) -> _Read | None:
    """Return the value read, or ``None`` where there is none."""
    return None if value is None else read(value, where)


def listed(value: object, where: Where, read: Reader[_Read]) -> tuple[_Read, ...]:
    """Return each entry of a list read; places count from 1."""
    return tuple(
        read(each, _entry(where, place))
        for place, each in enumerate(sequence(value, where), start=1)
    )


def words_of(value: object, where: Where, known: Collection[str]) -> tuple[str, ...]:
    """Return a list of at least one word, each of them known and none twice."""
    found = listed(value, where, text)
    if not found:
        raise MalformedError(where, Message("none", "at least one is needed"))
    for word in found:
        if word not in known:
            raise MalformedError(where, not_one_of(f"“{word}”", sorted(known)))
    if len(set(found)) < len(found):
        raise MalformedError(where, Message("twice", "one stands here twice"))
    return found


def not_one_of(said: str, known: Iterable[str]) -> Message:
    """Return that a value is none of those there are."""
    names = ", ".join(known)
    return Message(
        "not_one_of", "%(value)s is not one of %(known)s", {"value": said, "known": names}
    )


def _below(value: object, least: int) -> Message:
    return Message("below", "%(value)s is below %(least)s", {"value": str(value), "least": least})


def _told(text: str, value: object) -> Message:
    return Message("value", text, {"value": shown(value)})


def _of(text: str, name: str) -> Message:
    return Message("name", text, {"name": name})


def shown(value: object) -> str:
    """Return a value for a message, cut where it is long."""
    said = repr(value)
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"


_SHOWN = 60
