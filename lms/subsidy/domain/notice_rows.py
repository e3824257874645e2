"""What a public list says of each claim, in the very words that hang out, and its whole content."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from lms.core.errors import Message
from lms.subsidy.domain.policy_file import canonical
from lms.subsidy.domain.public_masks import (
    GroupWords,
    NumberMask,
    public_group,
    public_name,
    public_number,
)

# A list is of one month's claims of one county; more of them hang out as two lists, so that one
# transaction carries each in some ten seconds.
MOST_ROWS = 2_000
# Nobody's number may come out by way of what somebody typed into a title.
_DIGITS = re.compile(r"\d{5,}")
# How many working days a list hangs out.
DAYS = 5
Words = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Listed:
    """What is known of a claim that a list may tell; ``number_mask`` as it is stored.

    ``class_title`` is empty for who studied alone. ``groups`` are the codes the decision went by.
    """

    claim_id: int
    claim_number: str
    person_id: int
    name: str
    number_mask: str
    groups: Sequence[str]
    county_code: str
    county: Words
    town: str
    class_title: str | None
    institution: Words
    programme: Words
    work_type: str
    level: int
    first_day: date | None
    last_day: date | None
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Masks:
    """How much a list tells of people."""

    number: NumberMask = NumberMask.LAST_FOUR
    groups: GroupWords = GroupWords.ALIKE


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the rows of a list."""

    number: str
    county_code: str
    month: str
    first_day: date
    last_day: date
    contact: str
    masks: Masks


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A list somebody wants: of a county, of some claims (``None``: all that wait), how masked.

    ``contact`` is whom to write or call; ``shown`` the digest of the list they looked at.
    """

    county_code: str
    claim_ids: tuple[int, ...] | None = None
    masks: Masks = Masks()
    contact: str = ""
    shown: str = ""


def shown_row(listed: Listed, masks: Masks, *, region: str = "") -> dict[str, Any]:
    """Return what hangs out of a claim, ready to be kept.

    ``region`` are the first six digits, where the list shows them. Raises ``ValueError`` for what
    is no stored mask, as ``public_number``.
    """
    group = _group(listed.groups, masks.groups)
    return {
        "name": public_name(listed.name),
        "number": public_number(listed.number_mask, masks.number, region=region),
        "group": {"code": group.code, "text": group.text},
        "county": dict(listed.county),
        "town": without_numbers(listed.town),
        "class": None if listed.class_title is None else without_numbers(listed.class_title),
        "institution": {
            language: without_numbers(said) for language, said in listed.institution.items()
        },
        "programme": dict(listed.programme),
        "work_type": listed.work_type,
        "level": listed.level,
        "first_day": _day(listed.first_day),
        "last_day": _day(listed.last_day),
        "kind": "training",
    }


def without_numbers(text: str) -> str:
    """Return the text with each run of five or more digits hidden."""
    return _DIGITS.sub(lambda found: "*" * len(found[0]), text)


def content_of(head: Head, rows: Sequence[tuple[Mapping[str, Any], int]]) -> str:
    """Return a list as one text: what stands above, then each row's words and fen, in order."""
    return canonical(
        {
            "number": head.number,
            "county": head.county_code,
            "month": head.month,
            "first_day": head.first_day,
            "last_day": head.last_day,
            "contact": head.contact,
            "id_mask": head.masks.number,
            "group_words": head.masks.groups,
            "rows": [{"shown": shown, "amount_fen": fen} for shown, fen in rows],
        }
    )


def notice_number(series: str, place: int) -> str:
    """Return the number of a list at a place of its month's series: ``GS-26-07-01``."""
    return f"{series}-{place:02}"


def _group(groups: Sequence[str], setting: GroupWords) -> Message:
    """Return the first group that has a word of its own; groups without one are not told."""
    words = [public_group(group, setting) for group in sorted(groups)]
    named = [word for word in words if word != public_group(None, setting)]
    return named[0] if named else public_group(None, setting)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
