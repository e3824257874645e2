"""Read facts back from the record of a decision, exactly as they were judged."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from lms.subsidy.domain.facts import Facts
from lms.subsidy.domain.policy import Number

_Read = Callable[[Any], Any]


def facts_of_record(record: Mapping[str, Any]) -> Facts:
    """Return the facts ``as_json`` wrote down; what was not kept then is unknown.

    Raises ``ValueError``, ``TypeError`` or ``KeyError`` for a record that is none.
    """
    found: Facts = _reader(Facts)(record)
    return found


@cache
def _reader(kind: Any) -> _Read:  # noqa: ANN401 (a type)
    """Return what reads a value of the type; the types themselves say how."""
    if kind == Number:
        return _number
    origin, args = get_origin(kind), [each for each in get_args(kind) if each is not Ellipsis]
    if origin in (Union, UnionType):
        return _maybe(_reader(_alternative(args)))
    if origin in (tuple, frozenset):
        return _many(origin, _reader(args[0]))
    if is_dataclass(kind):
        return _part(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind
    return date.fromisoformat if kind is date else _plain


def _alternative(args: list[Any]) -> Any:  # noqa: ANN401 (a type)
    """Return the type beside ``None``; a number is a choice of two and stays one."""
    others = [each for each in args if each is not type(None)]
    return others[0] if len(others) == 1 else Number


def _number(value: Any) -> Number:  # noqa: ANN401 (JSON)
    return Fraction(value) if isinstance(value, str) else int(value)


def _plain(value: Any) -> Any:  # noqa: ANN401 (JSON)
    return value


def _maybe(read: _Read) -> _Read:
    return lambda value: None if value is None else read(value)


def _many(kind: Callable[[Any], Any], read: _Read) -> _Read:
    return lambda value: kind(read(each) for each in value)


def _part(kind: Any) -> _Read:  # noqa: ANN401 (a type)
    hints = get_type_hints(kind)
    readers = {each.name: _reader(hints[each.name]) for each in fields(kind)}

    def read(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 (of the type)
        return kind(**{name: readers[name](value[name]) for name in readers if name in value})

    return read
