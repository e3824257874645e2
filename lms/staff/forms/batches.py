"""Reads which list is to be frozen and for what, why one is corrected, and what is looked at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.roster.domain.filters import Filters
from lms.roster.domain.frozen import FREEZABLE
from lms.roster.domain.orders import ExportKind
from lms.roster.forms import parse_filters
from lms.roster.queries import Choice

_LONGEST_PURPOSE = 200
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """The list an address names: its kind, and its filters with a county."""

    kind: ExportKind
    filters: Filters


def parse_wish(query: Mapping[str, Any], counties: Sequence[Choice]) -> Wish:
    """Return the list an address names; whoever has one county means that one.

    Raises ``InvalidInput`` naming each fault.
    """
    filters = parse_filters(query)
    if filters.county is None and len(counties) == 1:
        filters = replace(filters, county=counties[0].value)
    kind = query.get("kind") or ExportKind.COMPLETIONS
    if kind not in FREEZABLE:
        raise InvalidInput(
            {"kind": Message("not_freezable", "This kind of list cannot be frozen.")}
        )
    return Wish(ExportKind(kind), filters)


def parse_purpose(form: Mapping[str, Any]) -> str:
    """Return what a list is frozen for. Raises ``InvalidInput``."""
    return _required(form, "purpose", _LONGEST_PURPOSE)


def parse_reason(form: Mapping[str, Any]) -> str:
    """Return why a batch is corrected. Raises ``InvalidInput``."""
    return _required(form, "reason", _LONGEST_REASON)


def parse_look(query: Mapping[str, Any]) -> tuple[int | None, bool]:
    """Return the batch to hold it against, and whether to check the hashes.

    Raises ``InvalidInput``.
    """
    faults: Faults = {}
    against = read_number(query, "against", faults)
    if faults:
        raise InvalidInput(faults)
    return against, bool(query.get("check"))


def parse_before(query: Mapping[str, Any]) -> int | None:
    """Return where a page of batches begins. Raises ``InvalidInput``."""
    faults: Faults = {}
    before = read_number(query, "before", faults)
    if faults:
        raise InvalidInput(faults)
    return before


def _required(form: Mapping[str, Any], key: str, longest: int) -> str:
    faults: Faults = {}
    text = read_text(form, key, faults, longest=longest)
    if text is None:
        faults.setdefault(key, Message("missing", "Please fill this in."))
    if faults or text is None:
        raise InvalidInput(faults)
    return text
