"""Reads what is chosen on a list: records, columns, and the name of filters."""

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_text
from lms.roster.domain.filters import Filters
from lms.roster.domain.shown import ListColumn
from lms.roster.forms import parse_filters

_LONGEST_NAME = 40
# Those a list of completions is not narrowed by in an address.
_ELSEWHERE = frozenset({"ids", "reason"})
CALL_FILTERS = ("county", "town", "course", "class", "institution", "reason")


def parse_asked(query: Mapping[str, Any]) -> Filters:
    """Return the filters of an address; records chosen one by one never stand in one.

    Raises ``InvalidInput`` naming each fault.
    """
    return parse_filters({key: value for key, value in query.items() if key not in _ELSEWHERE})


def parse_called(query: Mapping[str, Any]) -> Filters:
    """Return what narrows the call list in an address. Raises ``InvalidInput``."""
    return parse_filters({key: value for key, value in query.items() if key in CALL_FILTERS})


def parse_records(form: MultiDict[str, str]) -> tuple[int, ...]:
    """Return the records chosen so far: those of other pages, and the ticked ones of this page.

    Raises ``InvalidInput``.
    """
    before, shown = (form.get(key, "").split(",") for key in ("ids", "shown"))
    chosen = [*(each for each in before if each not in set(shown)), *form.getlist("record")]
    return parse_filters({"ids": ",".join(dict.fromkeys(filter(None, chosen)))}).ids


def parse_columns(form: MultiDict[str, str]) -> list[ListColumn] | None:
    """Return the columns ticked; ``None`` where the usual ones are asked for."""
    if form.get("usual"):
        return None
    ticked = set(form.getlist("column"))
    return [column for column in ListColumn if column in ticked]


def parse_name(form: Mapping[str, Any]) -> str:
    """Return the name to save filters under. Raises ``InvalidInput``."""
    faults: Faults = {}
    name = read_text(form, "name", faults, longest=_LONGEST_NAME)
    if name is None:
        faults.setdefault("name", Message("required", "Please give it a name."))
    if faults or name is None:
        raise InvalidInput(faults)
    return name
