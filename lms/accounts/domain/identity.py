"""What an identity number says and what is wrong with one (GB 11643-1999); ages that matter."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date

from lms.core.clock import completed_years
from lms.core.errors import Message

DIGITS = 18
# What the keyed index calls these numbers.
INDEX_KIND = "id"
_OLD_DIGITS = 15
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_SIGNS = "10X98765432"
_SHAPE = re.compile(r"[0-9]{17}[0-9X]")
_BETWEEN = re.compile(r"[\s\-‐-―·.]+")
_SHOWN = 4
_FIRST_YEAR = 1800

# Nobody below learns here; who is not of age needs a guardian's word (anchors' rules of 2021).
LEAST_AGE = 16
OF_AGE = 18


@dataclass(frozen=True, slots=True)
class NewGuardian:
    """Who the guardian is."""

    name: str
    relation: str
    phone: str


def normal_number(text: str) -> str:
    """Return the number as it is stored: full-width signs, blanks, dashes and small x mended."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text)).upper()


def number_fault(number: str, *, today: date) -> Message | None:
    """Return what is wrong with a normalised number, ``None`` where it is sound.

    The first six digits say where the first card was issued. Places come and go, so they are never
    a reason to refuse.
    """
    if len(number) != DIGITS:
        return _length_fault(number)
    if not _SHAPE.fullmatch(number):
        return Message("id_signs", "An identity number has digits only; the last may be an X.")
    born = _birth_date(number)
    if born is None or born > today or born.year < _FIRST_YEAR:
        return Message("id_date", "The birthday in this number does not exist. Please compare.")
    if check_sign(number) != number[-1]:
        return Message("id_check", "One digit is not right. Please compare it with the card.")
    return None


def _length_fault(number: str) -> Message:
    if not number:
        return Message("id_missing", "Please fill in your identity number.")
    if len(number) == _OLD_DIGITS and number.isdecimal():
        return Message("id_old", "This is the old number of 15 digits. Please type the one of 18.")
    return Message(
        "id_length",
        "Digits typed: %(count)s. An identity number has 18. Please compare and try again.",
        {"count": len(number)},
    )


def check_sign(number: str) -> str:
    """Return the last sign that the first seventeen digits call for."""
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECK_SIGNS[total % 11]


def birth_date_of(number: str) -> date:
    """Return the birthday in a sound number. Raises ``ValueError`` for another."""
    born = _birth_date(number)
    if born is None:
        raise ValueError("no birthday")
    return born


def sex_of(number: str) -> str:
    """Return ``M`` or ``F``, as the seventeenth digit says."""
    return "M" if int(number[16]) % 2 else "F"


def masked_number(number: str) -> str:
    """Return the number with all but its last four signs hidden.

    With the first six shown too, the check digit would leave some fifteen hundred birthdays.
    """
    return "*" * (len(number) - _SHOWN) + number[-_SHOWN:]


def age_fault(born: date, *, today: date) -> Message | None:
    """Return why somebody is too young to be here."""
    if completed_years(born, today) >= LEAST_AGE:
        return None
    return Message("too_young", "Learners here are 16 or older. Please come back after then.")


def needs_guardian(born: date, *, today: date) -> bool:
    """Tell whether somebody is 16 or 17, so that a guardian has to agree too."""
    return LEAST_AGE <= completed_years(born, today) < OF_AGE


def _birth_date(number: str) -> date | None:
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None
