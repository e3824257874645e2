"""Reads what learners and staff fill in about facts into checked values."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_text
from lms.subsidy.domain.counties import COUNTIES, ELSEWHERE
from lms.subsidy.domain.dated import FactKey
from lms.subsidy.domain.lists import ListKind
from lms.subsidy.domain.papers import PaperKind
from lms.subsidy.domain.past import parse_subsidies
from lms.subsidy.domain.policy import GROUPS, TIES
from lms.subsidy.domain.written import Given, NewList

Form = MultiDict[str, str]
LONGEST_NOTE = 200
MOST_TIES = 6
_LONGEST_WORD = 40
_LONGEST_TITLE = 80
# What was known of later days was so on the day that is asked about, too.
SAME = "same"
_NOTHING = Message("answer_missing", "Please choose an answer.")
_UNKNOWN_CHOICE = Message("choice_unknown", "This is not one of the choices.")
_YES_OR_NO: Mapping[str, bool | None] = {"yes": True, "no": False, "unknown": None}


def parse_answer(key: FactKey, form: Form, *, before: object = None) -> Any:  # noqa: ANN401 (of any key)
    """Return the value chosen; ``before`` is what is known, to which a tie is added.

    Raises ``InvalidInput`` naming the fault.
    """
    if key is FactKey.GROUPS:
        return _groups(form)
    held = before if isinstance(before, list) else []
    if key is FactKey.TIES:
        return _ties(form, held)
    if key is FactKey.PAST_SUBSIDIES:
        return parse_subsidies(form, held)
    answer = form.get("answer", "")
    if answer not in _YES_OR_NO:
        raise InvalidInput({"answer": _UNKNOWN_CHOICE if answer else _NOTHING})
    return _YES_OR_NO[answer]


def _groups(form: Form) -> list[str] | None:
    answer, chosen = form.get("answer", ""), form.getlist("group")
    if answer == "unknown":
        return None
    if answer == "none":
        return []
    if not chosen:
        raise InvalidInput({"answer": _NOTHING})
    if not set(chosen) <= GROUPS:
        raise InvalidInput({"answer": _UNKNOWN_CHOICE})
    return sorted(set(chosen))


def _ties(form: Form, before: list[Any]) -> list[Any] | None:
    answer = form.get("answer", "")
    if answer == "unknown":
        return None
    if answer == "none":
        return []
    dropped = form.get("drop", "")
    if dropped:
        return [tie for tie in before if f"{tie.get('kind')}.{tie.get('code')}" != dropped]
    tie = {"kind": form.get("kind", ""), "code": form.get("county", "")}
    if tie["kind"] not in TIES or tie["code"] not in {*COUNTIES, ELSEWHERE}:
        raise InvalidInput({"answer": _NOTHING})
    if tie in before:
        return before
    if len(before) >= MOST_TIES:
        raise InvalidInput({"answer": Message("ties_full", "These are enough. Please go on.")})
    return [*before, tie]


def parse_paper_kind(form: Mapping[str, Any]) -> PaperKind:
    """Return what a paper is to prove. Raises ``InvalidInput``."""
    try:
        return PaperKind(str(form.get("kind", "")))
    except ValueError:
        raise InvalidInput({"kind": _UNKNOWN_CHOICE}) from None


def parse_correction(form: Form, *, needs_reason: bool) -> Given:
    """Return days, reason and paper. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    since, until = read_day(form, "since", faults), read_day(form, "until", faults)
    reason = read_text(form, "reason", faults, longest=LONGEST_NOTE)
    evidence = read_text(form, "evidence", faults, longest=_LONGEST_WORD)
    if since and until and until < since:
        faults["until"] = Message("days_reversed", "The last day lies before the first.")
    if needs_reason and reason is None:
        faults.setdefault("reason", Message("reason_missing", "Please write down why."))
    if faults:
        raise InvalidInput(faults)
    return Given(since, until, reason, evidence)


def parse_list(form: Form, counties: Collection[str], today: date) -> NewList:
    """Return what somebody says a list is. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    county, kind = form.get("county", ""), form.get("kind", "")
    title = read_text(form, "title", faults, longest=_LONGEST_TITLE)
    as_of = read_day(form, "as_of", faults)
    if county not in counties:
        faults["county"] = Message("county_unknown", "Please choose one of your counties.")
    if kind not in list(ListKind):
        faults["kind"] = _UNKNOWN_CHOICE
    if as_of is not None and as_of > today:
        faults["as_of"] = Message("day_ahead", "This day is still to come.")
    for name, value in (("title", title), ("as_of", as_of)):
        if value is None:
            faults.setdefault(name, Message("missing", "Please fill this in."))
    if faults or title is None or as_of is None:
        raise InvalidInput(faults)
    return NewList(county, ListKind(kind), title, as_of, bool(form.get("complete")))
