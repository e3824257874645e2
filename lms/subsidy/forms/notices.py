"""Reads what the desk and visitors send about public lists, and names what does not fit."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.accounts.domain.people import normal_phone, phone_fault
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.subsidy.domain.notice_rows import Masks, NewNotice
from lms.subsidy.domain.notices import NewObjection, Outcome, Ruling
from lms.subsidy.domain.public_masks import GroupWords, NumberMask, public_name

MOST_WORDS, MOST_REASON, MOST_CONTACT = 1000, 500, 200
_FEWEST_WORDS = 5
_LONGEST_REACH = 100
_DIGEST = 64
_MOST_SHOWN = 20
_EMAIL = re.compile(r"[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,4}[A-Za-z]{2,24}")
_LANDLINE = re.compile(r"0[0-9]{2,3}-?[0-9]{7,8}")
Form = MultiDict[str, str]
_MISSING = Message("missing", "Please fill this in.")


def parse_county(query: Mapping[str, Any], counties: Collection[str]) -> str | None:
    """Return the county somebody chose, else the only one there is."""
    asked = query.get("county")
    if asked in counties:
        return str(asked)
    return next(iter(counties)) if len(counties) == 1 else None


def parse_new(form: Form) -> NewNotice:
    """Return the list somebody wants. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    contact = read_text(form, "contact", faults, longest=MOST_CONTACT)
    if contact is None:
        faults.setdefault("contact", _MISSING)
    if faults or contact is None:
        raise InvalidInput(faults)
    number = NumberMask.SIX_AND_FOUR if form.get("mask") == "six" else NumberMask.LAST_FOUR
    groups = GroupWords.NAMED if form.get("groups") == "named" else GroupWords.ALIKE
    return NewNotice(
        form.get("county", ""),
        None if form.get("all") else _numbers(form.getlist("claim")),
        Masks(number, groups),
        contact,
        form.get("shown", "")[:_DIGEST],
    )


def parse_page(query: Mapping[str, Any], pages: int) -> int:
    """Return which page of a list somebody looks at."""
    return min(read_number(query, "page", {}) or 1, max(pages, 1))


def parse_rows(query: Mapping[str, Any]) -> tuple[int, ...] | None:
    """Return the rows somebody looks for; ``None`` where nobody looks for any."""
    said = query.get("rows")
    return None if said is None else _numbers(str(said).split(","))[:_MOST_SHOWN]


def parse_who(form: Mapping[str, Any]) -> int | str | None:
    """Return the row, or the name as a list shows it, that somebody typed: a whole name is masked.

    It comes by a form and never in an address.
    """
    typed = (read_text(form, "who", {}, longest=50) or "").replace("＊", "*")
    if typed.isascii() and typed.isdecimal():
        return read_number({"who": typed}, "who", {})
    if not typed:
        return None
    return typed if "*" in typed else public_name(typed)


def parse_objection(form: Mapping[str, Any]) -> NewObjection:
    """Return what somebody says against a list. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    row = read_number(form, "row", faults)
    if "row" in faults:
        faults["row"] = Message("no_such_row", "Please write the number before the name, like 12.")
    words = read_text(form, "words", faults, longest=MOST_WORDS)
    if "words" not in faults and len(words or "") < _FEWEST_WORDS:
        faults["words"] = Message("words_missing", "Please say in a sentence what is not right.")
    elif "words" in faults:
        faults["words"] = Message(
            "words_long", "Please say it in %(most)s signs at most.", {"most": MOST_WORDS}
        )
    reach = _reach(form, faults)
    if faults or words is None or reach is None:
        raise InvalidInput(faults)
    return NewObjection(row, words, reach)


def parse_ruling(form: Mapping[str, Any]) -> Ruling:
    """Return what the desk rules. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    said = form.get("outcome", "")
    if said not in list(Outcome):
        faults["outcome"] = Message("unknown_choice", "Please choose one of the answers.")
    reason = _reason(form, faults)
    if faults:
        raise InvalidInput(faults)
    return Ruling(Outcome(said), reason)


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why a list is taken down. Raises ``InvalidInput``."""
    faults: Faults = {}
    reason = _reason(form, faults)
    if faults:
        raise InvalidInput(faults)
    return reason


def _reason(form: Mapping[str, Any], faults: Faults) -> str:
    reason = read_text(form, "reason", faults, longest=MOST_REASON)
    if reason is None:
        faults.setdefault("reason", Message("reason_missing", "Please say why, in a sentence."))
    return reason or ""


def _reach(form: Mapping[str, Any], faults: Faults) -> str | None:
    """Return a phone number or an e-mail address."""
    said = read_text(form, "contact", faults, longest=_LONGEST_REACH)
    if said is None:
        faults.setdefault("contact", _MISSING)
        return None
    if _EMAIL.fullmatch(said):
        return said
    phone = normal_phone(said)
    if phone_fault(phone) is None or _LANDLINE.fullmatch(said.replace(" ", "")):
        return phone if phone_fault(phone) is None else said.replace(" ", "")
    faults["contact"] = Message(
        "contact_malformed", "Please give a phone number or an e-mail address."
    )
    return None


def _numbers(said: Collection[str]) -> tuple[int, ...]:
    found = (read_number({"n": each}, "n", {}) for each in said)
    return tuple(dict.fromkeys(each for each in found if each))
