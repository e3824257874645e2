"""Why what people say of themselves is unknown: never asked, not known, or said of later days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from lms.subsidy.domain.dated import OF_THE_FIRST_DAY, DatedFact, FactKey, newest


class Why(StrEnum):
    """The reasons there are."""

    NOT_ASKED = "not_asked"
    NOT_KNOWN = "not_known"
    SAID_LATER = "said_later"
    CHECKED_LATER = "checked_later"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why something is unknown; ``later`` is what speaks of later days only."""

    why: Why
    later: DatedFact | None = None


def later_of(
    facts: Iterable[DatedFact], key: FactKey, *, first_day: date | None, today: date
) -> DatedFact | None:
    """Return what is known of the days after the first one, the nearest to it; if anything is.

    Somebody answers for the day one training began, and then joins a class that began before it.
    What is judged as of today has no such day.
    """
    if first_day is None or key not in OF_THE_FIRST_DAY:
        return None
    own = [fact for fact in facts if fact.key is key]
    for day in sorted({fact.valid_from for fact in own if fact.valid_from > first_day}):
        found = newest(own, first_day=day, today=today).get(key)
        if found is not None and found.value is not None:
            return found
    return None


def why_unknown(
    facts: Iterable[DatedFact], key: FactKey, *, first_day: date | None, today: date
) -> Unknown:
    """Return why nothing is known of the key on the day it is judged.

    Who said that they do not know was asked, whatever holds later.
    """
    own = [fact for fact in facts if fact.key is key]
    held = newest(own, first_day=first_day, today=today).get(key)
    if held is not None:
        return Unknown(Why.NOT_ASKED if held.is_checked else Why.NOT_KNOWN)
    later = later_of(own, key, first_day=first_day, today=today)
    if later is None:
        return Unknown(Why.NOT_ASKED)
    return Unknown(Why.CHECKED_LATER if later.is_checked else Why.SAID_LATER, later)
