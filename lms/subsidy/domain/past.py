"""Reads a subsidy somebody got before, as the desk types it and lists name it."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_text
from lms.subsidy.domain.dated import PAYEES, SUBSIDY_KINDS, SUBSIDY_STATES

MOST = 50
_LONGEST = 40
_YUAN_DIGITS = 9
_AMOUNT = re.compile(r"[0-9]+(\.[0-9]{1,2})?")
_CHOICE = Message("choice_unknown", "This is not one of the choices.")


def parse_subsidies(form: Mapping[str, Any], before: list[Any]) -> list[Any]:
    """Return the subsidies known with the typed one added, or one of them dropped.

    Raises ``InvalidInput`` naming each fault.
    """
    if form.get("answer") == "none":
        return []
    dropped = str(form.get("drop") or "")
    if dropped:
        return [each for place, each in enumerate(before) if str(place) != dropped]
    if len(before) >= MOST:
        raise InvalidInput({"kind": Message("subsidies_full", "These are very many already.")})
    return [*before, read_subsidy(form)]


def read_subsidy(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Return one subsidy. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    past: dict[str, Any] = {
        "kind": _choice(fields, "kind", SUBSIDY_KINDS, faults),
        "occupation": read_text(fields, "occupation", faults, longest=_LONGEST),
        "work_type": read_text(fields, "work_type", faults, longest=_LONGEST),
        "level": _level(fields, faults),
        "status": _choice(fields, "status", SUBSIDY_STATES, faults),
        "paid_to": _choice(fields, "paid_to", PAYEES, faults),
        "amount_fen": _fen(fields, faults),
    }
    day = read_day(fields, "date", faults)
    past["date"] = day.isoformat() if day else None
    if day is None:
        faults.setdefault("date", Message("missing", "Please fill this in."))
    if faults:
        raise InvalidInput(faults)
    return past


def _choice(
    fields: Mapping[str, Any], name: str, known: Collection[str], faults: Faults
) -> str | None:
    value = str(fields.get(name) or "")
    if value in known:
        return value
    faults[name] = _CHOICE
    return None


def _level(fields: Mapping[str, Any], faults: Faults) -> int | None:
    value = str(fields.get("level") or "")
    if value in {"1", "2", "3", "4", "5"}:
        return int(value)
    if value:
        faults["level"] = Message("level_unknown", "A level is a number from 1 to 5.")
    return None


def _fen(fields: Mapping[str, Any], faults: Faults) -> int | None:
    text = str(fields.get("amount") or "").strip()
    yuan, _, rest = text.partition(".")
    if not text:
        return None
    if len(yuan) > _YUAN_DIGITS or not _AMOUNT.fullmatch(text):
        faults["amount"] = Message("amount", "An amount is a number of yuan, like 600 or 600.50.")
        return None
    return int(yuan) * 100 + int(rest.ljust(2, "0") or 0)
