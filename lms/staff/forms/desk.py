"""Reads what a spot check is to draw, who is to be moved, and what a new class is."""

from collections.abc import Mapping, Sequence
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.enrollment.service import NewClass
from lms.handover.domain.draws import SpotCheck
from lms.roster.queries import Choice
from lms.staff.domain import MOST_DRAWN, Chosen

_LONGEST_SEED = 40
_USUAL = 10
_LONGEST_TITLE = 80


def parse_spot_check(query: Mapping[str, Any], fresh_seed: str) -> SpotCheck:
    """Return what an address asks to be drawn; without a seed, by a fresh one.

    Raises ``InvalidInput`` naming each fault.
    """
    faults: Faults = {}
    seed = read_text(query, "seed", faults, longest=_LONGEST_SEED)
    count = read_number(query, "n", faults) or _USUAL
    upto = read_number(query, "upto", faults)
    if faults:
        raise InvalidInput(faults)
    return SpotCheck(seed or fresh_seed, min(count, MOST_DRAWN), upto)


def parse_chosen(query: Mapping[str, Any]) -> Chosen:
    """Return who is to be moved. Raises ``InvalidInput`` where not exactly one group is named."""
    faults: Faults = {}
    chosen = Chosen(
        read_number(query, "class", faults),
        read_number(query, "from", faults),
        read_number(query, "enrollment", faults),
    )
    if not faults and len(chosen.as_query()) != 1:
        faults["from"] = Message("nobody_chosen", "Please choose one group of people to move.")
    if faults:
        raise InvalidInput(faults)
    return chosen


def parse_version(form: Mapping[str, Any]) -> int:
    """Return the version the preview spoke of. Raises ``InvalidInput``."""
    faults: Faults = {}
    number = read_number(form, "version", faults)
    if number is None:
        raise InvalidInput(faults or {"version": _MISSING})
    return number


def parse_class(form: Mapping[str, Any], places: Sequence[Choice]) -> NewClass:
    """Return a new class in one of the places. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    title = read_text(form, "title", faults, longest=_LONGEST_TITLE)
    county = read_text(form, "county", faults, longest=_LONGEST_SEED)
    starts_on, ends_on = read_day(form, "starts_on", faults), read_day(form, "ends_on", faults)
    for key, value in (("title", title), ("starts_on", starts_on)):
        if value is None:
            faults.setdefault(key, _MISSING)
    _check_county(county, places, faults)
    if faults or title is None or county is None or starts_on is None:
        raise InvalidInput(faults)
    return NewClass(title, county, starts_on, ends_on)


def parse_county(form: Mapping[str, Any], places: Sequence[Choice]) -> str:
    """Return one of the places. Raises ``InvalidInput``."""
    faults: Faults = {}
    county = read_text(form, "county", faults, longest=_LONGEST_SEED)
    _check_county(county, places, faults)
    if faults or county is None:
        raise InvalidInput(faults)
    return county


def _check_county(county: str | None, places: Sequence[Choice], faults: Faults) -> None:
    if county not in {place.value for place in places}:
        faults["county"] = Message("county_unknown", "Please choose one of your counties.")


_MISSING = Message("missing", "Please fill this in.")
