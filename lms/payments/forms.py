"""Reads what learners and the desk send about orders."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.payments.domain.finance import MOST_DAYS_SHOWN, FileForm, Period
from lms.payments.domain.office import Counted, CounterKind
from lms.payments.domain.orders import OrderState, ProviderName
from lms.payments.domain.reconciling import MOST_DAYS
from lms.payments.domain.refunds import Asked
from lms.payments.queries import Wished

_WAY = Message("bad_way", "Please choose how you want to pay.")
_NO_AMOUNT = Message("bad_amount", "Please write an amount in yuan, such as 29 or 12.50.")
_NO_PAPER = Message("no_paper", "Please write the number of the receipt or of the transfer.")
_NO_REASON = Message("no_reason", "Please write why. The learner reads it.")
_TURNED = Message("period_turned", "The last day lies before the first.")
_LONG = Message("period_long", "Please choose 366 days at most.")
_FORM = Message("bad_format", "Please choose XLSX or CSV.")
_DAYS = Message("bad_days", "Please write a number of days, 90 at most.")
_MOST_LOOKS = 12
_LONGEST_WORDS, _LONGEST_REASON = 60, 200
_YUAN = re.compile(r"(?P<yuan>[0-9]{1,7})(\.(?P<fen>[0-9]{1,2}))?")
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def parse_class(sent: Mapping[str, Any]) -> int | None:
    """Return the class whose link was followed, ``None`` for none. Raises ``InvalidInput``."""
    faults: Faults = {}
    number = read_number(sent, "class", faults)
    if faults:
        raise InvalidInput(faults)
    return number


def parse_way(form: Mapping[str, Any], ways: Sequence[ProviderName]) -> ProviderName:
    """Return how somebody wants to pay; where there is one way, that. Raises ``InvalidInput``.

    Nothing else of the form counts: what it costs is looked up.
    """
    said = str(form.get("way") or (ways[0] if ways else ""))
    if said not in ways:
        raise InvalidInput({"way": _WAY})
    return ProviderName(said)


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
    amount = _fen(str(form.get("amount") or ""))
    kind = str(form.get("kind") or "")
    if paper is None:
        faults.setdefault("paper", _NO_PAPER)
    if amount is None:
        faults["amount"] = _NO_AMOUNT
    if kind not in set(CounterKind):
        faults["kind"] = _WAY
    if faults or paper is None or amount is None:
        raise InvalidInput(faults)
    return Counted(CounterKind(kind), amount, paper)


def parse_days(form: Mapping[str, Any]) -> int:
    """Return how many days back to compare. Raises ``InvalidInput``."""
    faults: Faults = {}
    days = read_number(form, "days", faults)
    if faults or days is None or days > MOST_DAYS:
        raise InvalidInput({"days": _DAYS})
    return days


def parse_period(query: Mapping[str, Any], today: date) -> Period:
    """Return the days whose money is asked for, else this month's so far.

    Raises ``InvalidInput``.
    """
    faults: Faults = {}
    last = read_day(query, "to", faults) or today
    first = read_day(query, "from", faults) or min(today, last).replace(day=1)
    period = Period(first, last)
    if not faults and period.days < 1:
        faults["to"] = _TURNED
    elif not faults and period.days > MOST_DAYS_SHOWN:
        faults["to"] = _LONG
    if faults:
        raise InvalidInput(faults)
    return period


def parse_file_form(form: Mapping[str, Any]) -> FileForm:
    """Return in which file the money is wanted. Raises ``InvalidInput``."""
    said = str(form.get("format") or "")
    if said not in set(FileForm):
        raise InvalidInput({"format": _FORM})
    return FileForm(said)


def parse_refund(form: Mapping[str, Any]) -> Asked:
    """Return how much is to go back and why. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = read_text(form, "reason", faults, longest=_LONGEST_REASON)
    amount = _fen(str(form.get("amount") or ""))
    key = str(form.get("key") or "")
    if reason is None:
        faults.setdefault("reason", _NO_REASON)
    if amount is None:
        faults["amount"] = _NO_AMOUNT
    if faults or reason is None or amount is None or not _KEY.fullmatch(key):
        raise InvalidInput(faults)
    return Asked(key, amount, reason)


def _fen(written: str) -> int | None:
    """Return an amount written in yuan, with the fen behind a point; ``None`` for none."""
    found = _YUAN.fullmatch(written.strip().replace("，", ",").replace("．", "."))
    if found is None:
        return None
    fen = int(found["yuan"]) * 100 + int((found["fen"] or "").ljust(2, "0") or 0)
    return fen or None
