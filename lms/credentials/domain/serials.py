"""Numbers of badges: short enough to read aloud, never mistaken letter for digit."""

import re

# Crockford's base 32: no I, L, O, U, so nothing sounds or looks like something else.
LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")
_GROUP = 4
SERIAL_LETTERS = 8
# 80 bits: too many to try out against a salted hash.
HOLDER_LETTERS = 16
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
MAX_TYPED = 300


def serial_from(year: int, drawn: str) -> str:
    """Return the badge number of the year with the drawn letters: ``XB26-8C2F-71KD``."""
    return f"XB{year % 100:02d}-{drawn[:_GROUP]}-{drawn[_GROUP:]}"


def serial_of(typed: str) -> str | None:
    """Return the badge number somebody typed, or ``None`` where it cannot be one.

    Small letters, missing hyphens, spaces, full-width signs and look-alike letters are mended.
    """
    plain = re.sub(r"[\s\-—–－_.]+", "", _half_width(typed[:MAX_TYPED])).upper()
    if not re.fullmatch(r"XB[0-9]{2}[0-9A-Z]{8}", plain):
        return None
    drawn = plain[_GROUP:].translate(_LOOKALIKES)
    if any(letter not in LETTERS for letter in drawn):
        return None
    return f"{plain[:_GROUP]}-{drawn[:_GROUP]}-{drawn[_GROUP:]}"


def uuid_of(typed: str) -> str | None:
    """Return the badge id in what somebody typed or pasted: the id itself or a whole address."""
    found = _UUID.search(typed[:MAX_TYPED].lower())
    return found.group() if found else None


def _half_width(text: str) -> str:
    return "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in text)
