"""What a template of a notice is made of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

from lms.core.errors import Message


class Kind(StrEnum):
    """What a value is; it decides how it is kept, shown and whether a text message may hold it."""

    # The number of a claim or the like: never a name, never a number the state gave.
    NUMBER = "number"
    DAY = "day"
    FEN = "fen"
    COUNT = "count"
    # Of the row a message leads to; it stands in no sentence.
    ROW = "row"
    # The last four digits of an account.
    ENDING = "ending"
    # Written for the person, by somebody (text) or by the site (a message in both languages).
    REASON = "reason"


Value: TypeAlias = "str | int | date | Message"

CLAIM = {"claim": Kind.NUMBER, "id": Kind.ROW}
# Where a message about a claim leads to; a page names the values it needs.
CLAIM_PAGE = "/me/subsidy/claims/{id}"


@dataclass(frozen=True, slots=True)
class Notice:
    """A template: its title and sentence, which values it takes and where it leads to."""

    title: Message
    text: Message
    takes: Mapping[str, Kind] = field(default_factory=lambda: CLAIM)
    leads_to: str = CLAIM_PAGE
