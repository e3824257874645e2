"""Facts that cannot both be so on one day; anything that merely is odd, people look at."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from lms.core.clock import completed_years
from lms.core.errors import Message
from lms.subsidy.domain.dated import FactKey

# Nobody retires earlier, whatever the work was.
_LEAST_PENSION_AGE = 40


def contradiction(known: Mapping[FactKey, Any], day: date) -> Message | None:
    """Return the two facts that exclude each other, in a sentence."""
    groups = set(known.get(FactKey.GROUPS) or ())
    if known.get(FactKey.PUBLIC_STAFF) is True and "registered_unemployed" in groups:
        return Message(
            "staff_and_unemployed",
            "Both cannot be: a post on the public staff and being registered as out of work.",
        )
    if known.get(FactKey.FULL_TIME_STUDENT) is True and "unschooled_leaver" in groups:
        return Message(
            "student_and_leaver",
            "Both cannot be: a full-time student and a school leaver who does not go on to a "
            "school.",
        )
    born = known.get(FactKey.BIRTH_DATE)
    if known.get(FactKey.RECEIVING_PENSION) is True and born:
        age = completed_years(date.fromisoformat(born), day)
        if age < _LEAST_PENSION_AGE:
            return Message(
                "pension_and_age",
                "Both cannot be: a monthly pension and an age of %(age)s.",
                {"age": age},
            )
    return None
