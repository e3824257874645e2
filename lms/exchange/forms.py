"""Reads which part of a list a system asks for, and what somebody wants a token for."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

from lms.core.access import TokenScope
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_day, read_number, read_text
from lms.exchange.domain import (
    MOST_DAYS,
    MOST_ROWS,
    USUAL_DAYS,
    USUAL_ROWS,
    NewToken,
    Place,
    PullKind,
    Window,
    is_useful,
)

_LONGEST_SYSTEM = 80
_LARGEST_ID = 2**63 - 1
# A mark of so many digits is a moment before the year 5139.
_PLACE = re.compile(r"(?:(?P<mark>[0-9]{1,17})-)?(?P<id>[0-9]{1,19})")
# RFC 3339: with a zone, else nobody knows which moment is meant.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_YEARS = range(1970, 9001)
_NO_PLACE = Message("not_a_place", "This place in the list does not exist.")
_NO_MOMENT = Message(
    "not_a_moment", "Please write the moment like 2026-05-18T02:32:00Z, with its zone."
)
_NO_SINCE = Message(
    "since_not_here", "Classes keep no moment of their last change. Please fetch the whole list."
)


class SentForm(Protocol):
    """A form of which one name may come more than once."""

    def get(self, key: str) -> str | None:
        """Return the first value."""

    def getlist(self, key: str) -> list[str]:
        """Return all values."""


def parse_window(query: Mapping[str, Any], kind: PullKind) -> Window:
    """Return which part of a list is asked for. Raises ``InvalidInput`` naming each fault."""
    faults: Faults = {}
    limit = read_number(query, "limit", faults) or USUAL_ROWS
    if limit > MOST_ROWS:
        faults["limit"] = Message(
            "too_many_rows", "At most %(most)s at a time.", {"most": MOST_ROWS}
        )
    since = since_day = None
    if query.get("since") and kind is PullKind.CLASSES:
        faults["since"] = _NO_SINCE
    elif kind is PullKind.HOURS:
        since_day = read_day(query, "since", faults)
    else:
        since = _read_moment(query, faults)
    is_marked = kind is PullKind.HOURS or since is not None
    after = _read_place(query, faults)
    if after is not None and (after.mark is not None) is not is_marked:
        faults["after"] = _NO_PLACE
    if faults:
        raise InvalidInput(faults)
    return Window(limit, after, since, since_day)


def _read_place(query: Mapping[str, Any], faults: Faults) -> Place | None:
    written = str(query.get("after") or "")
    if not written:
        return None
    found = _PLACE.fullmatch(written)
    if found is None or int(found["id"]) > _LARGEST_ID:
        faults["after"] = _NO_PLACE
        return None
    return Place(int(found["id"]), int(found["mark"]) if found["mark"] else None)


def _read_moment(query: Mapping[str, Any], faults: Faults) -> datetime | None:
    written = str(query.get("since") or "")
    if not written:
        return None
    try:
        found = datetime.fromisoformat(written) if _MOMENT.fullmatch(written) else None
    except ValueError:
        found = None
    if found is None or found.year not in _YEARS:
        faults["since"] = _NO_MOMENT
        return None
    return found


def parse_new_token(
    form: SentForm, institutions: Collection[int], counties: Collection[str]
) -> NewToken:
    """Return what a token is wanted for, of one of the institutions, in one of the counties.

    Raises ``InvalidInput`` naming each fault.
    """
    faults: Faults = {}
    given: dict[str, Any] = {key: form.get(key) for key in ("system", "institution", "days")}
    system = read_text(given, "system", faults, longest=_LONGEST_SYSTEM)
    if system is None:
        faults.setdefault("system", Message("required", "Please say whose system this is."))
    institution_id = read_number(given, "institution", faults)
    if institution_id not in institutions:
        faults.setdefault("institution", Message("required", "Please choose an institution."))
    county = form.get("county") or ""
    if county not in counties:
        faults["county"] = Message("county_missing", "Please choose a county.")
    scopes = frozenset(scope for scope in TokenScope if scope in form.getlist("scope"))
    if not is_useful(scopes):
        faults["scope"] = Message(
            "scopes_missing", "Please choose what may be fetched. Names come with completions."
        )
    days = read_number(given, "days", faults) or USUAL_DAYS
    if days > MOST_DAYS:
        faults["days"] = Message("too_long", "At most %(most)s days.", {"most": MOST_DAYS})
    if faults:
        raise InvalidInput(faults)
    return NewToken(system or "", institution_id or 0, county, scopes, days)
