"""Reads days and places of lists from what an address says, and names what does not fit."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import Message

Faults = dict[str, Message]

_LARGEST_ID = 2**63 - 1
_ID_DIGITS = len(str(_LARGEST_ID))
# Python itself takes more shapes for a day than one may expect.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# The year 1 has no day before it, and moments of it no time zone.
_YEARS = range(1900, 9001)


def read_day(query: Mapping[str, Any], key: str, faults: Faults) -> date | None:
    """Return the day written under the key; one that is none becomes a fault."""
    value = query.get(key)
    if not value:
        return None
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(str(value)) else None
    except ValueError:
        day = None
    if day is None or day.year not in _YEARS:
        faults[key] = Message("not_a_day", "Please write the day like 2026-05-31.")
        return None
    return day


def read_number(query: Mapping[str, Any], key: str, faults: Faults) -> int | None:
    """Return the id or count written under the key; what can be none becomes a fault."""
    value = query.get(key)
    if value is None or value == "":
        return None
    text = str(value)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS else 0
    if not 0 < number <= _LARGEST_ID:
        faults[key] = Message("not_a_place", "This place in the list does not exist.")
        return None
    return number


def read_text(query: Mapping[str, Any], key: str, faults: Faults, *, longest: int) -> str | None:
    """Return the short text under the key; what no database takes becomes a fault."""
    value = query.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value or len(value) > longest:
        faults[key] = Message("not_text", "Please use a short text here.")
        return None
    return value.strip() or None
