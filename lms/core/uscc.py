"""Checks unified social credit codes, by which organisations are known (GB 32100-2015)."""

import unicodedata

_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
_LENGTH = 18


def normal_uscc(text: str) -> str:
    """Return the code as it is stored: plain letters in upper case, no blanks."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def is_uscc(code: str) -> bool:
    """Tell whether a normal code has 18 signs of the set and the right check sign (mod 31)."""
    if len(code) != _LENGTH or any(sign not in _SIGNS for sign in code):
        return False
    total = sum(
        _SIGNS.index(sign) * weight for sign, weight in zip(code[:-1], _WEIGHTS, strict=True)
    )
    return _SIGNS[(31 - total % 31) % 31] == code[-1]
