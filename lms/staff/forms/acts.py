"""Reads which acts an address asks for."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput
from lms.core.query import Faults, read_day, read_number, read_text
from lms.staff.domain import ActSearch

_LONGEST = 60


def parse_acts(query: Mapping[str, Any]) -> ActSearch:
    """Return what is searched for. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    found = ActSearch(
        person=read_number(query, "person", faults),
        action=read_text(query, "action", faults, longest=_LONGEST),
        day=read_day(query, "day", faults),
        before=read_number(query, "before", faults),
    )
    if faults:
        raise InvalidInput(faults)
    return found


def parse_after(query: Mapping[str, Any]) -> int | None:
    """Return behind whom a list goes on. Raises ``InvalidInput``."""
    faults: Faults = {}
    found = read_number(query, "after", faults)
    if faults:
        raise InvalidInput(faults)
    return found
