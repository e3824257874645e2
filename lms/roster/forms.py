"""Reads filters, cursors and export orders from what browsers and programs send."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.roster.domain.behind import Turn
from lms.roster.domain.filters import Filters, Place, Reason, Status
from lms.roster.domain.groups import GROUP_BITS
from lms.roster.domain.orders import ExportFormat, ExportKind, ExportOrder, FrozenOrder
from lms.roster.domain.schedules import LAST_DAY
from lms.roster.queries import CallWindow, Window

PAGE_ROWS = 20
CALL_ROWS = 25
MAX_ROWS = 200
_LONGEST = 60
_LONGEST_PURPOSE = 200
_DIGITS = 19
_TEXTS = ("course", "institution", "county", "town", "q")
# As many records may be chosen one by one.
MOST_CHOSEN = 2_000
_NO_PLACE = Message("not_a_place", "This place in the list does not exist.")


def parse_filters(query: Mapping[str, Any]) -> Filters:
    """Return the filters of an address or a stored export.

    Raises ``InvalidInput`` naming each filter that does not fit. Unknown keys are not filters.
    """
    faults: Faults = {}
    texts = {key: read_text(query, key, faults, longest=_LONGEST) for key in _TEXTS}
    first_day, last_day = read_day(query, "from", faults), read_day(query, "to", faults)
    if first_day and last_day and first_day > last_day:
        faults["to"] = Message("days_reversed", "The last day lies before the first.")
    status = _status(query, faults)
    group = query.get("group") or None
    if group is not None:
        _choice(query, "group", tuple(GROUP_BITS), faults)
    reason = query.get("reason") or None
    if reason is not None:
        _choice(query, "reason", tuple(Reason), faults)
    training_class, ids = read_number(query, "class", faults), _ids(query, faults)
    if faults:
        raise InvalidInput(faults)
    return Filters(
        status=status,
        training_class=training_class,
        group=group,
        reason=Reason(reason) if reason else None,
        first_day=first_day,
        last_day=last_day,
        ids=ids,
        **texts,
    )


def parse_window(query: Mapping[str, Any]) -> Window:
    """Return the part of a list an address asks for. Raises ``InvalidInput``."""
    faults: Faults = {}
    after, before = _place(query, "after", faults), _place(query, "before", faults)
    limit = read_number(query, "limit", faults) or PAGE_ROWS
    if faults:
        raise InvalidInput(faults)
    return Window(limit=min(limit, MAX_ROWS), after=after, before=before)


def parse_call_window(query: Mapping[str, Any]) -> CallWindow:
    """Return the part of the call list an address asks for. Raises ``InvalidInput``."""
    faults: Faults = {}
    places = {}
    for key in ("after", "before"):
        value = query.get(key) or None
        places[key] = Turn.read(str(value)) if value else None
        if value and places[key] is None:
            faults[key] = _NO_PLACE
    if faults:
        raise InvalidInput(faults)
    return CallWindow(CALL_ROWS, **places)


def parse_order(sent: Mapping[str, Any], filters: Mapping[str, Any]) -> ExportOrder:
    """Return the export somebody orders. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    kind = _choice(sent, "kind", tuple(ExportKind), faults)
    export_format = _choice(sent, "format", tuple(ExportFormat), faults)
    language = _choice({"language": sent.get("language") or "zh"}, "language", ("zh", "en"), faults)
    purpose = read_text(sent, "purpose", faults, longest=_LONGEST_PURPOSE)
    if purpose is None:
        faults.setdefault("purpose", Message("required", "Please say what the list is for."))
    if filters.get("reason") and kind and kind != ExportKind.BEHIND:
        faults["reason"] = Message(
            "reason_of_behind", "A reason narrows the list of who is behind alone."
        )
    if faults:
        raise InvalidInput(faults)
    return ExportOrder(
        ExportKind(kind),
        ExportFormat(export_format),
        language,
        purpose or "",
        parse_filters(filters),
        is_unmasked=bool(sent.get("unmasked")),
    )


def parse_frozen_order(sent: Mapping[str, Any], batch_id: int) -> FrozenOrder:
    """Return the file of a frozen list somebody orders. Raises ``InvalidInput``."""
    # Its kind, language and filters were frozen with it.
    asked = parse_order({**sent, "kind": ExportKind.COMPLETIONS, "language": "zh"}, {})
    return FrozenOrder(batch_id, asked.format, asked.purpose, asked.is_unmasked)


def parse_kind(sent: Mapping[str, Any]) -> ExportKind:
    """Return which list an address is about; completions where it names none.

    Raises ``InvalidInput``.
    """
    faults: Faults = {}
    kind = _choice({"kind": ExportKind.COMPLETIONS, **sent}, "kind", tuple(ExportKind), faults)
    if faults:
        raise InvalidInput(faults)
    return ExportKind(kind)


def parse_sent_order(body: object) -> ExportOrder | FrozenOrder:
    """Return the export a program orders with a JSON object. Raises ``InvalidInput``.

    One with a ``batch`` is of that frozen list, whatever else is sent.
    """
    if not isinstance(body, dict) or not isinstance(body.get("filters") or {}, dict):
        raise InvalidInput({"body": Message("not_an_object", "Please send a JSON object.")})
    faults: Faults = {}
    batch_id = read_number(body, "batch", faults)
    if faults:
        raise InvalidInput(faults)
    if batch_id is not None:
        return parse_frozen_order(body, batch_id)
    return parse_order(body, body.get("filters") or {})


def _place(query: Mapping[str, Any], key: str, faults: Faults) -> Place | None:
    value = query.get(key)
    if value is None or value == "":
        return None
    place = Place.read(str(value))
    if place is None:
        faults[key] = _NO_PLACE
    return place


def _ids(query: Mapping[str, Any], faults: Faults) -> tuple[int, ...]:
    """Return the records somebody chose: numbers with commas between them."""
    value = query.get("ids") or ""
    parts = dict.fromkeys(value.split(",")) if isinstance(value, str) and value else {}
    numbers = [
        int(each) for each in parts if each.isascii() and each.isdecimal() and len(each) < _DIGITS
    ]
    if len(numbers) != len(parts) or (value and not numbers):
        faults["ids"] = Message("not_records", "These records do not exist. Please choose again.")
    elif len(numbers) > MOST_CHOSEN:
        faults["ids"] = Message(
            "too_many_chosen",
            "At most %(most)s can be chosen one by one. For more, please use the filters.",
            {"most": MOST_CHOSEN},
        )
    return tuple(numbers)


def parse_schedule(form: Mapping[str, Any], filters: Mapping[str, Any]) -> tuple[ExportOrder, int]:
    """Return the list to be made each month, and the day. Raises ``InvalidInput``."""
    faults: Faults = {}
    day = read_number(form, "day", faults)
    if day is None or day > LAST_DAY:
        faults["day"] = Message("not_a_month_day", "Please choose a day from 1 to 28.")
    if form.get("unmasked"):
        faults["unmasked"] = Message(
            "schedule_masked", "Lists made by themselves never show full numbers."
        )
    if faults:
        raise InvalidInput(faults)
    return parse_order(form, filters), day or LAST_DAY


def parse_ruling(sent: object) -> str | None:
    """Return why an order is refused; nothing where it is approved. Raises ``InvalidInput``."""
    said = sent if isinstance(sent, Mapping) else {}
    faults: Faults = {}
    decision = _choice({"decision": "approve", **said}, "decision", ("approve", "refuse"), faults)
    if faults:
        raise InvalidInput(faults)
    return parse_reason(said) if decision == "refuse" else None


def parse_reason(sent: Mapping[str, Any]) -> str:
    """Return why an order is refused. Raises ``InvalidInput`` without a reason."""
    faults: Faults = {}
    reason = read_text(sent, "reason", faults, longest=_LONGEST_PURPOSE)
    if reason is None:
        faults.setdefault("reason", Message("required", "Please say why not."))
    if faults:
        raise InvalidInput(faults)
    return reason or ""


def _status(query: Mapping[str, Any], faults: Faults) -> Status:
    value = query.get("status") or Status.COMPLETED
    chosen = _choice({"status": value}, "status", tuple(Status), faults)
    return Status(chosen) if chosen else Status.COMPLETED


def _choice(sent: Mapping[str, Any], key: str, allowed: tuple[str, ...], faults: Faults) -> str:
    value = sent.get(key)
    if not isinstance(value, str) or value not in allowed:
        faults[key] = Message(
            "not_a_choice", "Please choose one of: %(choices)s.", {"choices": ", ".join(allowed)}
        )
        return ""
    return value
