"""Reads institutions and listings of the bureau's catalogue."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.catalog.gateway import known_programmes
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.core.uscc import is_uscc, normal_uscc

_MISSING = Message("missing", "Please fill this in.")
_SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,58}")


@dataclass(frozen=True, slots=True)
class NewInstitution:
    """What is known of an institution; the slug is its address and never changes."""

    slug: str
    name_zh: str
    name_en: str | None
    code: str | None
    uscc: str | None
    contact: str | None


@dataclass(frozen=True, slots=True)
class NewListing:
    """That a list names a programme of an institution from a day on."""

    list_name: str
    programme: str
    institution_id: int
    starts_on: date
    ends_on: date | None


def parse_institution(form: Mapping[str, Any], *, slug: str | None = None) -> NewInstitution:
    """Return an institution; an existing one keeps its slug. Raises ``InvalidInput``."""
    faults: Faults = {}
    address = slug or read_text(form, "slug", faults, longest=60)
    if address is None or not _SLUG.fullmatch(address):
        fault = Message(
            "not_a_slug", "Small letters, digits and hyphens only, such as changshan-school."
        )
        faults.setdefault("slug", fault)
    name = read_text(form, "name_zh", faults, longest=80)
    if name is None:
        faults.setdefault("name_zh", _MISSING)
    uscc = read_text(form, "uscc", faults, longest=40)
    if uscc is not None and not is_uscc(normal_uscc(uscc)):
        faults["uscc"] = Message(
            "not_a_uscc", "This is no credit code: it has 18 signs. Please compare."
        )
    rest = [
        read_text(form, key, faults, longest=longest)
        for key, longest in (("name_en", 120), ("code", 40), ("contact", 120))
    ]
    if faults or address is None or name is None:
        raise InvalidInput(faults)
    code = normal_uscc(uscc) if uscc else None
    return NewInstitution(address, name, rest[0], rest[1], code, rest[2])


def parse_listing(form: Mapping[str, Any]) -> NewListing:
    """Return a listing. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    list_name = read_text(form, "list_name", faults, longest=120)
    programme = read_text(form, "programme", faults, longest=60)
    institution_id = read_number(form, "institution", faults)
    starts_on, ends_on = read_day(form, "starts_on", faults), read_day(form, "ends_on", faults)
    for key, value in (("list_name", list_name), ("starts_on", starts_on)):
        if value is None:
            faults.setdefault(key, _MISSING)
    if programme not in known_programmes():
        faults["programme"] = Message("choose_one", "Please choose one of these.")
    if institution_id is None:
        faults["institution"] = Message("choose_one", "Please choose one of these.")
    if starts_on and ends_on and ends_on < starts_on:
        faults["ends_on"] = Message("days_reversed", "The last day lies before the first.")
    if faults or not (list_name and programme and institution_id and starts_on):
        raise InvalidInput(faults)
    return NewListing(list_name, programme, institution_id, starts_on, ends_on)


def parse_last_day(form: Mapping[str, Any]) -> date:
    """Return the last day of a listing. Raises ``InvalidInput``."""
    faults: Faults = {}
    day = read_day(form, "ends_on", faults)
    if day is None:
        raise InvalidInput(faults or {"ends_on": _MISSING})
    return day
