"""Reads what the pages of figures are asked for, and a budget."""

from collections.abc import Mapping
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.insights.domain import months
from lms.insights.domain.filters import UNKNOWN, Filters
from lms.insights.domain.groups import GROUP_ORDER
from lms.insights.domain.shares import NewBudget
from lms.subsidy.domain.payment_files import read_fen

_LONGEST = 60
_TEXTS = ("county", "town", "programme", "course", "institution", "group")
_YEARS = range(2000, 2100)
# A trillion yuan is no county's.
_MOST_FEN = 10**14


def parse_filters(query: Mapping[str, Any]) -> Filters:
    """Return the filters of an address. Raises ``InvalidInput`` naming each that does not fit."""
    faults: Faults = {}
    texts = {key: read_text(query, key, faults, longest=_LONGEST) for key in _TEXTS}
    month = parse_month(query, faults)
    if texts["group"] and texts["group"] not in (*GROUP_ORDER, UNKNOWN):
        faults["group"] = Message("not_a_group", "There is no such group.")
    if faults:
        raise InvalidInput(faults)
    return Filters(**texts, month=month)


def parse_month(query: Mapping[str, Any], faults: Faults) -> int | None:
    """Return the month written under its key; one that is none becomes a fault."""
    text = query.get("month")
    month = months.read(str(text)) if text else None
    if text and month is None:
        faults["month"] = Message("not_a_month", "Please write the month like 2026-05.")
    return month


def parse_budget(form: Mapping[str, Any]) -> NewBudget:
    """Return the budget somebody enters. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    county = read_text(form, "county", faults, longest=_LONGEST)
    year = read_number(form, "year", faults)
    fen = read_fen(str(form.get("amount", "")))
    if year not in _YEARS:
        faults["year"] = Message("not_a_year", "Please choose a year.")
    if fen is None or not 0 < fen < _MOST_FEN:
        faults["amount"] = Message("not_an_amount", "Please write the amount in yuan, like 900000.")
    if county is None:
        faults.setdefault("county", Message("required", "Please choose the county."))
    if faults or county is None or year is None or fen is None:
        raise InvalidInput(faults)
    return NewBudget(county, year, fen)
