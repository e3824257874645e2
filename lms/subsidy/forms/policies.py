"""Reads what the desk sends about policies."""

from collections.abc import Mapping
from datetime import date
from typing import Any, BinaryIO

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.subsidy.gateway import LONGEST_UPLOAD

_LONGEST_REASON = 500
_DIGEST = 64
_BYTES_A_SIGN = 4


def parse_policies(form: Mapping[str, Any], file: BinaryIO | None) -> str:
    """Return the text of a file, or the one that was typed. Raises ``InvalidInput``."""
    text = _read(file) if file else str(form.get("text", ""))
    if not text.strip():
        fault = Message("policy_missing", "Please choose a file or paste its text.")
        raise InvalidInput({"text": fault})
    if "\x00" in text or len(text) > LONGEST_UPLOAD:
        raise InvalidInput({"text": _TOO_LONG})
    return text.replace("\r\n", "\n")


def _read(file: BinaryIO) -> str:
    raw = file.read(LONGEST_UPLOAD * _BYTES_A_SIGN + 1)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise InvalidInput({"text": _TOO_LONG}) from error


def parse_digest(form: Mapping[str, Any]) -> str:
    """Return the digest of what the page showed; another text is none of any content."""
    return str(form.get("sha256", ""))[:_DIGEST]


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why something is rejected or withdrawn. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    if reason is None:
        missing = Message("reason_missing", "Please say why, in a sentence.")
        raise InvalidInput(faults or {"reason": missing})
    return reason


def parse_question(query: Mapping[str, Any]) -> tuple[int | None, date | None]:
    """Return about whom and which day somebody asks. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    person_id, day = read_number(query, "person", faults), read_day(query, "on", faults)
    if faults:
        raise InvalidInput(faults)
    return person_id, day


def parse_earlier(query: Mapping[str, Any], today: date) -> tuple[date, Message | None]:
    """Return the day somebody asks about, never one to come; today where it is none, and why."""
    faults: Faults = {}
    asked = read_day(query, "on", faults)
    return min(asked or today, today), faults.get("on")


_TOO_LONG = Message(
    "policy_no_text", "This is no policy file: text in UTF-8, 100,000 signs at most."
)
