"""What the number of a bank account looks like, and how it is shown."""

import re
import unicodedata
from dataclasses import dataclass

from lms.core.errors import Message

_BETWEEN = re.compile(r"[\s\-‐-―]+")
_SHAPE = re.compile(r"[0-9]{16,19}")
_SHOWN = 4
_TWO_DIGITS = 9
LONGEST_BANK = 60


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What somebody typed, well-formed already."""

    number: str
    bank: str
    holder: str


def normal_account(text: str) -> str:
    """Return the number as it is stored: full-width digits, blanks and dashes mended."""
    return _BETWEEN.sub("", unicodedata.normalize("NFKC", text))


def account_fault(number: str) -> Message | None:
    """Return what is wrong with a normalised number, ``None`` where it may be one."""
    if not number:
        return Message("account_missing", "Please fill in the number of the account.")
    if not number.isascii() or not number.isdecimal():
        return Message("account_signs", "The number of an account has digits only.")
    if not _SHAPE.fullmatch(number):
        return Message(
            "account_length",
            "Digits typed: %(count)s. The number of an account has 16 to 19.",
            {"count": len(number)},
        )
    return None


def looks_mistyped(number: str) -> bool:
    """Tell whether the check digit of cards (Luhn) does not fit; some real accounts have none."""
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > _TWO_DIGITS else value
    return total % 10 != 0


def masked_account(number: str) -> str:
    """Return the number with all but its last four digits hidden."""
    return "*" * (len(number) - _SHOWN) + number[-_SHOWN:]
