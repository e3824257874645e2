"""What the inbox is asked for: a place in the list, and up to where it was read."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number


def parse_after(query: Mapping[str, Any]) -> int | None:
    """Return the message behind which the page begins. Raises ``InvalidInput``."""
    return _number(query, "after")


def parse_newest(form: Mapping[str, Any]) -> int:
    """Return the newest message that was seen. Raises ``InvalidInput``."""
    newest = _number(form, "newest")
    if newest is None:
        fault = Message("newest_missing", "Please open your messages and try again.")
        raise InvalidInput({"newest": fault})
    return newest


def _number(fields: Mapping[str, Any], name: str) -> int | None:
    faults: Faults = {}
    number = read_number(fields, name, faults)
    if faults:
        raise InvalidInput(faults)
    return number
