"""Read values out of parsed YAML strictly: what does not fit is refused with its place."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from fractions import Fraction
from typing import Any, TypeVar

from lms.subsidy.domain.policy import Number

_Read = TypeVar("_Read")
Reader = Callable[[object, str], _Read]


class MalformedError(ValueError):
    """A file does not have its shape; the message says where and why."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(f"{where}: {why}")


def mapping(value: object, where: str) -> Mapping[str, Any]:
    """Return a mapping whose keys are words."""
    if not isinstance(value, Mapping):
        raise MalformedError(where, f"a mapping is expected here, not {shown(value)}")
    for key in value:
        if not isinstance(key, str):
            raise MalformedError(where, f"the key {shown(key)} is not a word")
    return value


def sequence(value: object, where: str) -> Sequence[Any]:
    """Return a list."""
    if isinstance(value, str | bytes) or not isinstance(value, Sequence):
        raise MalformedError(where, f"a list is expected here, not {shown(value)}")
    return value


def fields(
    value: object, where: str, *, needed: Collection[str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """Return a mapping that has all the needed keys and none but those and the optional ones."""
    found = mapping(value, where)
    for name in found:
        if name not in needed and name not in optional:
            raise MalformedError(where, f"“{name}” is not known here")
    for name in needed:
        if name not in found:
            raise MalformedError(where, f"“{name}” is missing")
    return found


def text(value: object, where: str) -> str:
    """Return a text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise MalformedError(where, f"a text is expected here, not {shown(value)}")
    return value


def truth(value: object, where: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise MalformedError(where, f"true or false is expected here, not {shown(value)}")
    return value


def whole(value: object, where: str, *, least: int = 0) -> int:
    """Return a whole number that is not below ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise MalformedError(where, f"a whole number is expected here, not {shown(value)}")
    if value < least:
        raise MalformedError(where, f"{value} is below {least}")
    return value


def counting(value: object, where: str) -> int:
    """Return a whole number above 0."""
    return whole(value, where, least=1)


def number(value: object, where: str) -> Number:
    """Return a number that is not negative, exactly as its decimal text says."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise MalformedError(where, f"a number is expected here, not {shown(value)}")
    try:
        exact = Fraction(str(value))
    except ValueError as error:
        raise MalformedError(where, f"{value} is not a number") from error
    if exact < 0:
        raise MalformedError(where, f"{value} is below 0")
    return exact.numerator if exact.denominator == 1 else exact


def above_zero(value: object, where: str) -> Number:
    """Return a number above 0."""
    found = number(value, where)
    if not found:
        raise MalformedError(where, "this must be above 0")
    return found


def day(value: object, where: str) -> date:
    """Return a calendar day, written plainly or as a text: ``2025-03-01``."""
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    try:
        return date.fromisoformat(value)  # type: ignore[arg-type]  # asked and refused below
    except (TypeError, ValueError) as error:
        raise MalformedError(
            where, f"a day like 2025-03-01 is expected here, not {shown(value)}"
        ) from error


def maybe(value: object, where: str, read: Reader[_Read]) -> _Read | None:
    """Return the value read, or ``None`` where there is none."""
    return None if value is None else read(value, where)


def listed(value: object, where: str, read: Reader[_Read]) -> tuple[_Read, ...]:
    """Return each entry of a list read; places count from 1."""
    return tuple(
        read(each, f"{where}, entry {place}")
        for place, each in enumerate(sequence(value, where), start=1)
    )


def words_of(value: object, where: str, known: Collection[str]) -> tuple[str, ...]:
    """Return a list of at least one word, each of them known and none twice."""
    found = listed(value, where, text)
    if not found:
        raise MalformedError(where, "at least one is needed")
    for word in found:
        if word not in known:
            raise MalformedError(where, f"“{word}” is not one of {', '.join(sorted(known))}")
    if len(set(found)) < len(found):
        raise MalformedError(where, "one stands here twice")
    return found


def shown(value: object) -> str:
    """Return a value for a message, cut where it is long."""
    said = repr(value)
    return said if len(said) <= _SHOWN else said[:_SHOWN] + "…"


_SHOWN = 60
