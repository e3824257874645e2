"""Reads which part of a file an address asks for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message, NotFound
from lms.core.query import Faults, read_day, read_number, read_text
from lms.record.domain.ledger import Window
from lms.record.queries import Sight

PAGE_DAYS = 14
PAGE_SITTINGS = 10
PAGE_ENTRIES = 60
# A whole course on paper: more days than a course has, few enough to be put together at once.
PRINT_DAYS = 400
MOST = 200
_LONGEST_SLUG = 80


def parse_sight(query: Mapping[str, Any], *, days: int = PAGE_DAYS) -> Sight:
    """Return the part of a file a page shows. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    after = read_day(query, "after", faults)
    limit = min(read_number(query, "limit", faults) or days, MOST)
    window = _period(query, limit, faults)
    if faults:
        raise InvalidInput(faults)
    shown = Window(limit, after, window.first, window.last, window.course)
    return Sight(shown, Window(PAGE_SITTINGS if days == PAGE_DAYS else MOST))


def parse_print(query: Mapping[str, Any]) -> Sight:
    """Return the part of a file that goes on paper. Raises ``InvalidInput``."""
    faults: Faults = {}
    window = _period(query, PRINT_DAYS, faults)
    if faults:
        raise InvalidInput(faults)
    return Sight(window, window)


def parse_entries(query: Mapping[str, Any]) -> tuple[int, int]:
    """Return after which entry of a day to go on, and how many. Raises ``InvalidInput``."""
    faults: Faults = {}
    after, limit = read_number(query, "after", faults), read_number(query, "limit", faults)
    if faults:
        raise InvalidInput(faults)
    return after or 0, min(limit or PAGE_ENTRIES, MOST)


def parse_day(text: str) -> date:
    """Return the day of an address. Raises ``NotFound`` for what is none."""
    faults: Faults = {}
    day = read_day({"day": text}, "day", faults)
    if day is None:
        raise NotFound
    return day


def _period(query: Mapping[str, Any], limit: int, faults: Faults) -> Window:
    first, last = read_day(query, "from", faults), read_day(query, "to", faults)
    if first and last and first > last:
        faults["to"] = Message("days_reversed", "The last day lies before the first.")
    course = read_text(query, "course", faults, longest=_LONGEST_SLUG)
    return Window(limit, None, first, last, course)
