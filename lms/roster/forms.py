"""Reads filters, cursors and export orders from what browsers and programs send."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.roster.domain import ExportFormat, ExportKind, ExportOrder, Filters, Status
from lms.roster.queries import Window

PAGE_ROWS = 50
MAX_ROWS = 200
_LONGEST = 60
_LONGEST_PURPOSE = 200
_LARGEST_ID = 2**63 - 1
_ID_DIGITS = len(str(_LARGEST_ID))
# Python itself takes more shapes for a day than one may expect.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TEXTS = ("course", "institution", "county", "town", "q")
# Filters of rooms that are not built: ignoring them would hand out more than was asked for.
_NOT_YET = ("class", "group")

_Faults = dict[str, Message]


def parse_filters(query: Mapping[str, Any]) -> Filters:
    """Return the filters of an address or a stored export.

    Raises ``InvalidInput`` naming each filter that does not fit. Unknown keys are not filters.
    """
    faults: _Faults = {}
    texts = {key: _text(query, key, faults) for key in _TEXTS}
    first_day, last_day = _day(query, "from", faults), _day(query, "to", faults)
    if first_day and last_day and first_day > last_day:
        faults["to"] = Message("days_reversed", "The last day lies before the first.")
    status = _status(query, faults)
    for key in _NOT_YET:
        if query.get(key):
            faults[key] = Message("filter_not_offered", "This filter is not offered yet.")
    if faults:
        raise InvalidInput(faults)
    return Filters(status=status, first_day=first_day, last_day=last_day, **texts)


def parse_window(query: Mapping[str, Any]) -> Window:
    """Return the part of a list an address asks for. Raises ``InvalidInput``."""
    faults: _Faults = {}
    after, before = _number(query, "after", faults), _number(query, "before", faults)
    limit = _number(query, "limit", faults) or PAGE_ROWS
    if faults:
        raise InvalidInput(faults)
    return Window(limit=min(limit, MAX_ROWS), after=after, before=before)


def parse_order(sent: Mapping[str, Any], filters: Mapping[str, Any]) -> ExportOrder:
    """Return the export somebody orders. Raises ``InvalidInput`` naming each fault."""
    faults: _Faults = {}
    kind = _choice(sent, "kind", tuple(ExportKind), faults)
    export_format = _choice(sent, "format", tuple(ExportFormat), faults)
    language = _choice({"language": sent.get("language") or "zh"}, "language", ("zh", "en"), faults)
    purpose = _text(sent, "purpose", faults, longest=_LONGEST_PURPOSE)
    if purpose is None:
        faults.setdefault("purpose", Message("required", "Please say what the list is for."))
    if sent.get("unmasked"):
        faults["unmasked"] = Message(
            "unmasked_not_offered", "Full numbers are not offered yet. The list hides their middle."
        )
    if faults:
        raise InvalidInput(faults)
    return ExportOrder(
        ExportKind(kind),
        ExportFormat(export_format),
        language,
        purpose or "",
        parse_filters(filters),
    )


def parse_sent_order(body: object) -> ExportOrder:
    """Return the export a program orders with a JSON object. Raises ``InvalidInput``."""
    if not isinstance(body, dict) or not isinstance(body.get("filters") or {}, dict):
        raise InvalidInput({"body": Message("not_an_object", "Please send a JSON object.")})
    return parse_order(body, body.get("filters") or {})


def _text(
    query: Mapping[str, Any], key: str, faults: _Faults, *, longest: int = _LONGEST
) -> str | None:
    value = query.get(key)
    if value is None:
        return None
    if not isinstance(value, str) or "\x00" in value or len(value) > longest:
        faults[key] = Message("not_text", "Please use a short text here.")
        return None
    return value.strip() or None


def _day(query: Mapping[str, Any], key: str, faults: _Faults) -> date | None:
    value = query.get(key)
    if not value:
        return None
    try:
        day = date.fromisoformat(value) if _DAY.fullmatch(str(value)) else None
    except ValueError:
        day = None
    # The year 1 has no day before it, and moments of it no time zone.
    if day is None or not 1900 <= day.year <= 9000:  # noqa: PLR2004 (the calendar of databases)
        faults[key] = Message("not_a_day", "Please write the day like 2026-05-31.")
        return None
    return day


def _status(query: Mapping[str, Any], faults: _Faults) -> Status:
    value = query.get("status") or Status.COMPLETED
    chosen = _choice({"status": value}, "status", tuple(Status), faults)
    return Status(chosen) if chosen else Status.COMPLETED


def _choice(sent: Mapping[str, Any], key: str, allowed: tuple[str, ...], faults: _Faults) -> str:
    value = sent.get(key)
    if not isinstance(value, str) or value not in allowed:
        faults[key] = Message(
            "not_a_choice", "Please choose one of: %(choices)s.", {"choices": ", ".join(allowed)}
        )
        return ""
    return value


def _number(query: Mapping[str, Any], key: str, faults: _Faults) -> int | None:
    value = query.get(key)
    if value is None or value == "":
        return None
    text = str(value)
    number = int(text) if text.isascii() and text.isdecimal() and len(text) <= _ID_DIGITS else 0
    if not 0 < number <= _LARGEST_ID:
        faults[key] = Message("not_a_place", "This place in the list does not exist.")
        return None
    return number
