"""Reads what learners and the desk send about orders."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.payments.domain.office import Counted, CounterKind
from lms.payments.domain.orders import OrderState, Way
from lms.payments.domain.reconciling import MOST_DAYS
from lms.payments.domain.refunds import Asked
from lms.payments.queries import Wished

_WAY = Message("bad_way", "Please choose how you want to pay.")
NO_AMOUNT = Message("bad_amount", "Please write an amount in yuan, such as 29 or 12.50.")
_NO_PAPER = Message("no_paper", "Please write the number of the receipt or of the transfer.")
_NO_REASON = Message("no_reason", "Please write why. The learner reads it.")
_DAYS = Message("bad_days", "Please write a number of days, 90 at most.")
_MOST_LOOKS = 12
_LONGEST_WORDS, _LONGEST_REASON, _LONGEST_NAME, _LONGEST_CODE = 60, 200, 80, 40
_YUAN = re.compile(r"(?P<yuan>[0-9]{1,7})(\.(?P<fen>[0-9]{1,2}))?")
KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parse_class(sent: Mapping[str, Any]) -> int | None:
    """Return the class whose link was followed, ``None`` for none. Raises ``InvalidInput``."""
    faults: Faults = {}
    number = read_number(sent, "class", faults)
    if faults:
        raise InvalidInput(faults)
    return number


def parse_way(form: Mapping[str, Any], ways: Sequence[Way]) -> Way:
    """Return how somebody wants to pay; without a word the usual way. Raises ``InvalidInput``.

    Nothing else of the form counts but codes: what it costs is looked up.
    """
    said = str(form.get("way") or ways[0])
    if said not in ways:
        raise InvalidInput({"way": _WAY})
    return Way(said)


def parse_codes(sent: MultiDict[str, str]) -> tuple[str, ...]:
    """Return what was typed in as codes; whether they are any is looked up."""
    return tuple(each[:_LONGEST_CODE] for each in sent.getlist("code"))


def parse_looks(query: Mapping[str, Any]) -> int:
    """Return the how-maniest time whoever came back from paying looks; 0 where they did not."""
    said = str(query.get("back") or "")
    return min(int(said), _MOST_LOOKS) if said.isascii() and said.isdigit() and said else 0


def parse_wished(query: Mapping[str, Any]) -> Wished:
    """Return what the desk's list is narrowed to. Raises ``InvalidInput`` for a bad cursor."""
    faults: Faults = {}
    before = read_number(query, "after", faults)
    words = read_text(query, "q", faults, longest=_LONGEST_WORDS)
    if faults:
        raise InvalidInput(faults)
    state = str(query.get("status") or "")
    return Wished(state if state in set(OrderState) else None, words or "", before)


def parse_counted(form: Mapping[str, Any]) -> Counted:
    """Return what was taken at the counter. Raises ``InvalidInput``."""
    faults: Faults = {}
    paper = read_text(form, "paper", faults, longest=_LONGEST_WORDS)
    paid_by = read_text(form, "paid_by", faults, longest=_LONGEST_NAME)
    amount = read_fen(str(form.get("amount") or ""))
    kind = str(form.get("kind") or "")
    if paper is None:
        faults.setdefault("paper", _NO_PAPER)
    if amount is None:
        faults["amount"] = NO_AMOUNT
    if kind not in set(CounterKind):
        faults["kind"] = _WAY
    if faults or paper is None or amount is None:
        raise InvalidInput(faults)
    return Counted(CounterKind(kind), amount, paper, paid_by)


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why an order is undone. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    if reason is None:
        raise InvalidInput({"reason": faults.get("reason", _NO_REASON)})
    return reason


def parse_days(form: Mapping[str, Any]) -> int:
    """Return how many days back to compare. Raises ``InvalidInput``."""
    faults: Faults = {}
    days = read_number(form, "days", faults)
    if faults or days is None or days > MOST_DAYS:
        raise InvalidInput({"days": _DAYS})
    return days


def parse_refund(form: Mapping[str, Any]) -> Asked:
    """Return how much is to go back and why. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    amount = read_fen(str(form.get("amount") or ""))
    key = str(form.get("key") or "")
    if reason is None:
        faults.setdefault("reason", _NO_REASON)
    if amount is None:
        faults["amount"] = NO_AMOUNT
    if faults or reason is None or amount is None or not KEY.fullmatch(key):
        raise InvalidInput(faults)
    return Asked(key, amount, reason)


def read_fen(written: str) -> int | None:
    """Return an amount written in yuan, with the fen behind a point; ``None`` for none."""
    found = _YUAN.fullmatch(written.strip().replace("，", ",").replace("．", "."))
    if found is None:
        return None
    fen = int(found["yuan"]) * 100 + int((found["fen"] or "").ljust(2, "0") or 0)
    return fen or None
