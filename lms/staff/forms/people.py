"""Reads what the people desk is asked for and what staff type about a person."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from lms.accounts import forms as accounts
from lms.accounts.domain import identity
from lms.accounts.domain.identity import NewGuardian
from lms.accounts.domain.people import name_fault, normal_name
from lms.accounts.domain.roles import read_scope
from lms.accounts.models import CheckMethod, CheckResult, IdentityState, PersonState
from lms.accounts.service.helping import Helped
from lms.accounts.service.identities import Look
from lms.core.access import Grant, Role
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.staff.domain import PeopleSearch

CARD_IN_ADDRESS = Message(
    "card_in_address",
    "An identity number does not belong in an address. Please type it into the search of People.",
)
_CARD = re.compile(r"[0-9]{17}[0-9X]")
_LONGEST_WORDS = 60
_LONGEST_TOWN = 40
_SHORTEST_REASON, _LONGEST_REASON = 2, 200


def is_card(words: str | None) -> bool:
    """Tell whether what was typed is an identity number, in whatever way it was typed."""
    return words is not None and _CARD.fullmatch(identity.normal_number(words)) is not None


def parse_people(query: Mapping[str, Any]) -> PeopleSearch:
    """Return whom an address looks for. Raises ``InvalidInput`` naming each fault.

    An identity number is refused: addresses stand in logs and in the history of a browser.
    """
    faults: Faults = {}
    found = PeopleSearch(
        words=read_text(query, "q", faults, longest=_LONGEST_WORDS),
        county=read_text(query, "county", faults, longest=_LONGEST_WORDS),
        state=_one_of(query, "state", tuple(PersonState), faults),
        identity=_one_of(query, "identity", tuple(IdentityState), faults),
        is_staff=query.get("staff") == "1",
        after=read_number(query, "after", faults),
    )
    if is_card(found.words):
        faults["q"] = CARD_IN_ADDRESS
    if faults:
        raise InvalidInput(faults)
    return found


def parse_correction(form: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return a corrected name and town. Raises ``InvalidInput``."""
    faults: Faults = {}
    name = normal_name(accounts.text(form, "name"))
    fault = name_fault(name)
    if fault is not None:
        faults["name"] = fault
    town = normal_name(accounts.text(form, "town")) or None
    if town is not None and len(town) > _LONGEST_TOWN:
        faults["town"] = Message("not_text", "Please use a short text here.")
    if faults:
        raise InvalidInput(faults)
    return name, town


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why something is done; others read it later. Raises ``InvalidInput``."""
    reason = " ".join(accounts.text(form, "reason").split())
    if not _SHORTEST_REASON <= len(reason) <= _LONGEST_REASON:
        raise InvalidInput({"reason": Message("reason_missing", "Please say why in a few words.")})
    return reason


def parse_look(form: Mapping[str, Any], *, by_id: int, today: date) -> Look:
    """Return what staff saw on a card: it fits (with the number, where it was typed), or why not.

    Raises ``InvalidInput``.
    """
    if form.get("result") == CheckResult.REFUSED:
        return Look(CheckMethod.IN_PERSON, CheckResult.REFUSED, by_id, words=parse_reason(form))
    typed = identity.normal_number(accounts.text(form, "number"))
    number = accounts.parse_number({"number": typed}, today=today) if typed else None
    return Look(CheckMethod.IN_PERSON, CheckResult.VERIFIED, by_id, number=number)


def parse_guardian(form: Mapping[str, Any], *, own_phone: str | None) -> NewGuardian:
    """Return who the guardian is that stands before staff."""
    fields = {key: form.get(f"guardian_{key}") for key in ("name", "relation", "phone")}
    try:
        return accounts.parse_guardian(fields, own_phone=own_phone)
    except InvalidInput as error:
        named = {f"guardian_{key}": fault for key, fault in error.fields.items()}
        raise InvalidInput(named) from None


def parse_helped(
    form: Mapping[str, Any], *, phone: str | None, counties: Collection[str], today: date
) -> Helped:
    """Return whom a helper signs up. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    new = _collected(faults, lambda: accounts.parse_new_person(form, agreed=False))
    number = None
    if accounts.text(form, "number").strip():
        number = _collected(faults, lambda: accounts.parse_number(form, today=today))
        _collected(faults, lambda: accounts.require_ticked(form, "sensitive"))
    if phone is None:
        _collected(faults, lambda: accounts.require_ticked(form, "paper"))
    guardian = _guardian_of(form, number, phone, today, faults)
    if new is not None and new.county is None and len(counties) == 1:
        new = replace(new, county=next(iter(counties)))
    if new is not None and new.county not in counties:
        faults["county"] = Message("county_unknown", "Please choose one of your counties.")
    if faults or new is None:
        raise InvalidInput(faults)
    return Helped(
        new=new,
        phone=phone,
        number=number,
        is_seen=accounts.is_ticked(form, "seen"),
        agrees_to_handover=accounts.is_ticked(form, "handover"),
        guardian=guardian,
    )


def _guardian_of(
    form: Mapping[str, Any], number: str | None, phone: str | None, today: date, faults: Faults
) -> NewGuardian | None:
    if number is None or not identity.needs_guardian(identity.birth_date_of(number), today=today):
        return None
    found: NewGuardian | None = _collected(faults, lambda: parse_guardian(form, own_phone=phone))
    return found


def parse_grant(form: Mapping[str, Any]) -> Grant:
    """Return a role in a scope. Raises ``InvalidInput``."""
    faults: Faults = {}
    role = _one_of(form, "role", tuple(Role), faults)
    if role in (None, Role.LEARNER):
        faults["role"] = Message("role_missing", "Please choose a role.")
    try:
        scope = read_scope(accounts.text(form, "scope").strip())
    except ValueError:
        faults["scope"] = Message("scope_missing", "Please choose where the role holds.")
    if faults:
        raise InvalidInput(faults)
    return Grant(Role(str(role)), scope)


def _one_of(
    query: Mapping[str, Any], key: str, allowed: Collection[str], faults: Faults
) -> str | None:
    value = query.get(key) or None
    if value is not None and value not in allowed:
        faults[key] = Message("not_a_choice_here", "Please choose one of the list.")
        return None
    return value


def _collected(faults: Faults, read: Any) -> Any:  # noqa: ANN401 (whatever is read)
    """Return what was read, or keep its faults beside the others'."""
    try:
        return read()
    except InvalidInput as error:
        faults.update(error.fields)
        return None
