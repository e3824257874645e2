"""Reads what the desk sends about vouchers, coupons and what counties pay."""

import re
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.payments.domain.vouchers import (
    MOST_CODES,
    MOST_EACH,
    MOST_FEN,
    Issue,
    Share,
    Terms,
    VoucherKind,
)
from lms.payments.forms.orders import KEY, NO_AMOUNT, read_fen

_LONGEST_TITLE, _LONGEST_BASIS = 60, 80
_MISSING = Message("missing", "Please fill this in.")
_CHOOSE = Message("choose", "Please choose one.")
_TOO_MUCH = Message("too_much", "No code is worth more than %(most)s yuan.")
_COUNT = Message("bad_count", "Please write a number from 1 to %(most)s.")
_DAYS = Message("days_turned", "The last day lies before the first.")
_FOR = re.compile(r"(?P<what>course|programme)-(?P<id>[0-9]{1,18})")


def parse_place(query: Mapping[str, Any]) -> int | None:
    """Return where in a list an address goes on. Raises ``InvalidInput``."""
    faults: Faults = {}
    place = read_number(query, "after", faults)
    if faults:
        raise InvalidInput(faults)
    return place


def parse_issue(
    form: Mapping[str, Any], *, counties: Collection[str], goods: Collection[str]
) -> Issue:
    """Return the batch that is to be issued. Raises ``InvalidInput``.

    ``goods`` are the courses and programmes it can be good for, each as the page names it.
    """
    faults: Faults = {}
    title = read_text(form, "title", faults, longest=_LONGEST_TITLE)
    if title is None:
        faults.setdefault("title", _MISSING)
    first, last = _days(form, faults)
    worth = _worth(form, faults)
    count = _count(form, "count", MOST_CODES, faults)
    each = _count(form, "per_person", MOST_EACH, faults)
    kind, county, key = (str(form.get(name) or "") for name in ("kind", "county", "key"))
    if kind not in set(VoucherKind):
        faults["kind"] = _CHOOSE
    if county not in counties:
        faults["county"] = _CHOOSE
    course_id, programme_id = _for_what(form, goods, faults)
    if faults or title is None or not KEY.fullmatch(key):
        raise InvalidInput(faults)
    terms = Terms(
        kind=VoucherKind(kind),
        worth_fen=worth,
        county_code=county,
        first_day=first,
        last_day=last,
        per_person=each,
        course_id=course_id,
        programme_id=programme_id,
    )
    return Issue(key, title, terms, count)


def parse_share(
    form: Mapping[str, Any], *, counties: Collection[str], goods: Collection[str]
) -> Share:
    """Return what a county is to pay of a course. Raises ``InvalidInput``."""
    faults: Faults = {}
    basis = read_text(form, "basis", faults, longest=_LONGEST_BASIS)
    if basis is None:
        faults.setdefault("basis", _MISSING)
    first, last = _days(form, faults)
    fen = _worth(form, faults)
    course_id, _ = _for_what(form, goods, faults)
    if course_id is None:
        faults["good_for"] = _CHOOSE
    county = str(form.get("county") or "")
    if county not in counties:
        faults["county"] = _CHOOSE
    if faults or basis is None or course_id is None:
        raise InvalidInput(faults)
    return Share(county, course_id, fen, basis, first, last)


def _days(form: Mapping[str, Any], faults: Faults) -> tuple[date, date]:
    """Return the first and the last day; what is none becomes a fault."""
    days = [read_day(form, name, faults) for name in ("first_day", "last_day")]
    for name, day in zip(("first_day", "last_day"), days, strict=True):
        if day is None:
            faults.setdefault(name, _MISSING)
    first, last = (day or date.max for day in days)
    if not faults and first > last:
        faults["last_day"] = _DAYS
    return first, last


def _worth(form: Mapping[str, Any], faults: Faults) -> int:
    fen = read_fen(str(form.get("worth") or ""))
    if fen is None:
        faults["worth"] = NO_AMOUNT
    elif fen > MOST_FEN:
        faults["worth"] = Message(_TOO_MUCH.code, _TOO_MUCH.text, {"most": MOST_FEN // 100})
    return fen or 0


def _count(form: Mapping[str, Any], name: str, most: int, faults: Faults) -> int:
    number = read_number(form, name, {})
    if number is None or number > most:
        faults[name] = Message(_COUNT.code, _COUNT.text, {"most": most})
    return number or 0


def _for_what(
    form: Mapping[str, Any], goods: Collection[str], faults: Faults
) -> tuple[int | None, int | None]:
    """Return the course or the programme that was chosen, neither for every course."""
    said = str(form.get("good_for") or "")
    found = _FOR.fullmatch(said)
    if said and (found is None or said not in goods):
        faults["good_for"] = _CHOOSE
    if found is None:
        return None, None
    number = int(found["id"])
    return (number, None) if found["what"] == "course" else (None, number)
