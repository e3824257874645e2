"""Reads which days and which file of money the desk asks for."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day
from lms.payments.domain.finance import MOST_DAYS_SHOWN, FileForm, Period

_TURNED = Message("period_turned", "The last day lies before the first.")
_LONG = Message("period_long", "Please choose 366 days at most.")
_FORM = Message("bad_format", "Please choose XLSX or CSV.")


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
