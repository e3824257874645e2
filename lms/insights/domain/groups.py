"""Which statutory group somebody is counted in: one, the first of the order the rules name them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

# The order of the regulation (财社〔2023〕181号, article 5), then those counties add.
GROUP_ORDER = (
    "poverty_prevention",
    "graduate_year",
    "unschooled_leaver",
    "rural_transfer",
    "registered_unemployed",
    "hardship",
    "enterprise_employee",
    "veteran",
)
# Nobody said, or said “none of these”.
NO_GROUP = ""


@dataclass(frozen=True, slots=True)
class GroupFact:
    """What was written down of somebody's groups; ``number`` grows with each."""

    number: int
    value: Any
    is_checked: bool
    valid_from: date
    valid_to: date | None


def first_group(value: Any) -> str:  # noqa: ANN401 (a kept value of the fact)
    """Return the group that somebody of several is counted in."""
    held = value if isinstance(value, list) else []
    return next((name for name in GROUP_ORDER if name in held), NO_GROUP)


def group_on(facts: Iterable[GroupFact], day: date) -> str:
    """Return the group somebody is counted in for a training that began on the day.

    What holds on the day counts: what was checked before what was only said, then what holds
    since later, then what was written down later. Where nothing holds on the day, the first that
    holds since later does: people are asked for their groups only when they claim.
    """
    known = list(facts)
    held = [fact for fact in known if _holds(fact, day)]
    if held:
        return first_group(max(held, key=_rank).value)
    later = [fact for fact in known if fact.valid_from > day]
    if not later:
        return NO_GROUP
    soonest = min(fact.valid_from for fact in later)
    return first_group(max((f for f in later if f.valid_from == soonest), key=_rank).value)


def _holds(fact: GroupFact, day: date) -> bool:
    return fact.valid_from <= day and (fact.valid_to is None or day <= fact.valid_to)


def _rank(fact: GroupFact) -> tuple[bool, date, int]:
    return (fact.is_checked, fact.valid_from, fact.number)
