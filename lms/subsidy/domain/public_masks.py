"""Shows people on a public list: enough for who knows them, too little for everybody else."""

import re
from enum import StrEnum

from lms.accounts.domain.people import masked_name
from lms.core.errors import Message

# Dots people and typewriters put between the parts of a name.
_DOTS = re.compile(r"\s*[·•‧・∙⋅．]\s*")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_STORED_MASK = re.compile(r"\*{14}[0-9]{3}[0-9X]")
_REGION = re.compile(r"[0-9]{6}")
_HIDDEN_DAYS = "*" * 8
_SHOWN = 4


class NumberMask(StrEnum):
    """How much of an identity number a notice shows; the first is the usual one.

    With the first six and the last four digits the check digit leaves about one birthday in
    eleven, some 1,490 of the 16,436 of people between 16 and 60; with the age too, about 33.
    """

    LAST_FOUR = "last_four"
    SIX_AND_FOUR = "six_and_four"


class GroupWords(StrEnum):
    """Whether a notice tells people's groups apart; the first is the usual one.

    Where some groups are named, the general word for the others points at hardship by itself.
    """

    ALIKE = "alike"
    NAMED = "named"


ELIGIBLE = Message("eligible", "Meets the conditions")
# Groups that speak of poverty, illness or disability have no word of their own here, on purpose.
_GROUPS = {
    "graduate_year": Message("graduate_year", "Graduate of the year"),
    "unschooled_leaver": Message("unschooled_leaver", "School leaver"),
    "rural_transfer": Message("rural_transfer", "Rural worker in another trade"),
    "registered_unemployed": Message("registered_unemployed", "Registered unemployed"),
    "enterprise_employee": Message("enterprise_employee", "Employee"),
    "veteran": Message("veteran", "Former soldier"),
}


def public_name(name: str) -> str:
    """Return the name as a public list shows it: 张*明, 张*, 欧阳*华, 买*·*, J* S*.

    Of a name in parts (阿卜杜拉·买买提) the first sign is shown, of one in other letters the
    first of each word.
    """
    plain = " ".join(name.split())
    parts = [part for part in _DOTS.split(plain) if part]
    if len(parts) > 1:
        return "·".join((f"{parts[0][0]}*", *("*" for _ in parts[1:])))
    if _HAN.search(plain):
        return masked_name(plain.replace(" ", ""))
    return " ".join(f"{word[0]}*" for word in plain.split()) or "*"


def public_number(stored_mask: str, setting: NumberMask, *, region: str = "") -> str:
    """Return an identity number as the notice shows it, made from the mask that is stored.

    ``region`` are the first six digits, which no stored mask holds: only a notice that shows them
    needs the number opened. Raises ``ValueError`` for anything that is no such mask, so that a
    whole number never comes through, and for a region that is none.
    """
    if not _STORED_MASK.fullmatch(stored_mask):
        raise ValueError("not a stored mask of an identity number")
    if setting is NumberMask.LAST_FOUR:
        return stored_mask
    if not _REGION.fullmatch(region):
        raise ValueError("the first six digits are needed")
    return f"{region}{_HIDDEN_DAYS}{stored_mask[-_SHOWN:]}"


def public_group(group: str | None, setting: GroupWords) -> Message:
    """Return a person's group as the notice words it; one without a word here is not told."""
    if setting is GroupWords.ALIKE or group is None:
        return ELIGIBLE
    return _GROUPS.get(group, ELIGIBLE)
