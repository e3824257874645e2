"""Reads what the desk of payments sends: which claims, what the bank said, which money came in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.subsidy.domain.answers import LONGEST_REASON, Answer, Result
from lms.subsidy.domain.payment_files import FileForm, FileOrder, read_fen
from lms.subsidy.domain.payments import MOST, Chosen, PaymentState

_LONGEST = 200
_LONGEST_REASON = 500
_MONTH = len("2026-07")
_MISSING = Message("missing", "Please fill this in.")
_WHY = Message("reason_missing", "Please say why, in a sentence.")


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list an address asks for."""

    county: str | None
    month: str | None
    state: PaymentState | None
    after: int | None
    page: int


def parse_window(query: Mapping[str, Any], counties: Collection[str]) -> Window:
    """Return what an address asks for; what is no choice narrows nothing."""
    faults: Faults = {}
    state = query.get("state", "")
    month = str(query.get("month", ""))[:_MONTH]
    return Window(
        county=query["county"] if query.get("county") in counties else None,
        month=month or None,
        state=PaymentState(state) if state in set(PaymentState) else None,
        after=read_number(query, "after", faults),
        page=min(read_number(query, "page", faults) or 1, MOST),
    )


def parse_claims(query: MultiDict[str, str]) -> list[int]:
    """Return the claims that were ticked; what is no number names none."""
    ids = [int(each) for each in query.getlist("claim") if each.isascii() and each.isdecimal()]
    return list(dict.fromkeys(each for each in ids if each < 2**63))[:MOST]


def parse_chosen(form: Mapping[str, Any]) -> Chosen:
    """Return what the page showed and somebody wants paid. Raises ``InvalidInput``."""
    words = [each for each in str(form.get("claims", "")).split(",") if each]
    ids = [int(each) for each in words if each.isascii() and each.isdecimal()]
    total = str(form.get("total", ""))
    if len(ids) != len(words) or not total.isdecimal() or any(each >= 2**63 for each in ids):
        raise InvalidInput({"claims": _MISSING})
    return Chosen(str(form.get("county", "")), ids, int(total))


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why something is done. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    if reason is None:
        raise InvalidInput(faults or {"reason": _WHY})
    return reason


def parse_order(form: Mapping[str, Any]) -> FileOrder:
    """Return in which form the file is wanted and what for. Raises ``InvalidInput``."""
    faults: Faults = {}
    purpose = read_text(form, "purpose", faults, longest=_LONGEST)
    if purpose is None:
        faults.setdefault("purpose", Message("required", "Please say what the list is for."))
    if form.get("format") not in set(FileForm):
        faults["format"] = Message("choice_unknown", "This is not one of the choices.")
    if faults or purpose is None:
        raise InvalidInput(faults)
    return FileOrder(FileForm(form["format"]), purpose)


def parse_day(form: Mapping[str, Any]) -> date:
    """Return the bank's day. Raises ``InvalidInput``."""
    faults: Faults = {}
    day = read_day(form, "day", faults)
    if day is None:
        raise InvalidInput(faults or {"day": _MISSING})
    return day


def parse_answer(form: Mapping[str, Any], payment_id: int) -> Answer:
    """Return what the bank said of one payment. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    day = read_day(form, "day", faults)
    reason = read_text(form, "reason", faults, longest=LONGEST_REASON)
    result = form.get("result", "")
    if result not in set(Result):
        faults["result"] = Message("choice_unknown", "This is not one of the choices.")
    elif result == Result.RETURNED and reason is None:
        faults.setdefault("reason", _WHY)
    if day is None:
        faults.setdefault("day", _MISSING)
    if faults or day is None:
        raise InvalidInput(faults)
    is_returned = result == Result.RETURNED
    return Answer(payment_id, Result(result), day, (reason or "") if is_returned else "")


def parse_version(form: Mapping[str, Any]) -> int:
    """Return the version of a claim that was seen. Raises ``InvalidInput``."""
    version = str(form.get("version", ""))
    if not version.isascii() or not version.isdecimal() or len(version) > len("1000000"):
        raise InvalidInput({"version": _MISSING})
    return int(version)


def parse_money(form: Mapping[str, Any]) -> tuple[int, str | None]:
    """Return the fen that came in, and a note. Raises ``InvalidInput``."""
    faults: Faults = {}
    note = read_text(form, "note", faults, longest=_LONGEST)
    fen = read_fen(str(form.get("amount", "")))
    if fen is None or fen <= 0:
        faults["amount"] = Message("amount", "Please write an amount of yuan, such as 600.")
    if faults or fen is None:
        raise InvalidInput(faults)
    return fen, note
