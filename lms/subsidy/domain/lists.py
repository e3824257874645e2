"""Lists of the bureau: what each kind says of who is on it, and of who is not."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from lms.subsidy.domain.dated import CHECKED, DatedFact, FactKey, FactSource, newest

UNEMPLOYED = "registered_unemployed"


class ListKind(StrEnum):
    """What a list names."""

    REGISTERED_UNEMPLOYED = "registered_unemployed"
    PENSION = "pension"
    PUBLIC_STAFF = "public_staff"
    SUBSIDIES = "subsidies"


KEY_OF: Mapping[ListKind, FactKey] = {
    ListKind.REGISTERED_UNEMPLOYED: FactKey.GROUPS,
    ListKind.PENSION: FactKey.RECEIVING_PENSION,
    ListKind.PUBLIC_STAFF: FactKey.PUBLIC_STAFF,
    ListKind.SUBSIDIES: FactKey.PAST_SUBSIDIES,
}
_NOT_ON_IT: Mapping[ListKind, Any] = {
    ListKind.PENSION: False,
    ListKind.PUBLIC_STAFF: False,
    ListKind.SUBSIDIES: [],
}


@dataclass(frozen=True, slots=True)
class Told:
    """A list as of a day; one that names everybody of a county speaks of the others too."""

    kind: ListKind
    as_of: date
    taken_in_at: datetime | None = None


def known_of(
    facts: Iterable[DatedFact],
    lists: Iterable[Told],
    *,
    first_day: date | None,
    today: date,
) -> dict[FactKey, DatedFact]:
    """Return, of each key, the fact that counts, with what complete lists say by not naming.

    Who is named has a fact of the list's own, of the same day, and that goes first. A list of
    subsidies takes nothing back that somebody checked.
    """
    own, told = list(facts), sorted(lists, key=lambda each: each.as_of)
    has_history = any(fact.key is FactKey.PAST_SUBSIDIES and fact.source in CHECKED for fact in own)
    own.extend(
        _absent(KEY_OF[each.kind], _NOT_ON_IT[each.kind], each.as_of)
        for each in told
        if each.kind in _NOT_ON_IT and not (each.kind is ListKind.SUBSIDIES and has_history)
    )
    known = newest(own, first_day=first_day, today=today)
    for each in told:
        if each.kind is ListKind.REGISTERED_UNEMPLOYED and first_day and each.as_of <= first_day:
            _deny(known, each.as_of)
    return known


def _absent(key: FactKey, value: Any, as_of: date) -> DatedFact:  # noqa: ANN401 (of any key)
    return DatedFact(0, key, value, FactSource.IMPORT, as_of)


def _deny(known: dict[FactKey, DatedFact], as_of: date) -> None:
    """Take one group away: a list of the unemployed says nothing of the others."""
    held = known.get(FactKey.GROUPS)
    if held is None or UNEMPLOYED not in (held.value or ()):
        return
    if held.source in CHECKED and held.valid_from >= as_of:
        return
    rest = [name for name in held.value if name != UNEMPLOYED]
    known[FactKey.GROUPS] = _absent(FactKey.GROUPS, rest, as_of)


def with_list(
    facts: Iterable[DatedFact], told: Told, named: list[Any], *, is_complete: bool
) -> Any:  # noqa: ANN401 (a value of any key)
    """Return what a list makes known of somebody it names; ``named`` is what it says of them.

    Being out of work is one group beside those checked before. A list of subsidies that is not
    complete adds to those known.
    """
    if told.kind in (ListKind.PENSION, ListKind.PUBLIC_STAFF):
        return True
    known = newest(
        (fact for fact in facts if fact.source in CHECKED), first_day=told.as_of, today=told.as_of
    ).get(KEY_OF[told.kind])
    before = list(known.value or []) if known else []
    if told.kind is ListKind.REGISTERED_UNEMPLOYED:
        return sorted({*(name for name in before if name), UNEMPLOYED})
    return named if is_complete else [*before, *(each for each in named if each not in before)]
