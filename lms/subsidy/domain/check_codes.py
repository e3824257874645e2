"""A short code made of a list's content, by which anybody compares paper and page."""

import hashlib
import re
import unicodedata

# Crockford's base 32: no I, L, O, U, so nothing sounds or looks like something else.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_LOOKALIKES = str.maketrans("ILO", "110")
_BITS, _SIGNS, _GROUP = 5, 12, 4
_LONGEST = 100


def check_code(content: str) -> str:
    """Return the code of a content: ``7K3M-9QXA-2B4C``, the first 60 bits of its SHA-256.

    No secret is in it, so anybody with the content can make it anew.
    """
    digest = int.from_bytes(hashlib.sha256(content.encode()).digest())
    top = digest >> (256 - _BITS * _SIGNS)
    signs = "".join(
        _LETTERS[top >> _BITS * place & (2**_BITS - 1)] for place in reversed(range(_SIGNS))
    )
    return _grouped(signs)


def code_of(typed: str) -> str | None:
    """Return the code somebody typed, or ``None`` where it cannot be one.

    Small letters, missing hyphens, spaces, full-width signs and look-alike letters are mended.
    """
    plain = unicodedata.normalize("NFKC", typed[:_LONGEST]).upper()
    plain = re.sub(r"[\s\-—–_.]+", "", plain).translate(_LOOKALIKES)
    if len(plain) != _SIGNS or any(sign not in _LETTERS for sign in plain):
        return None
    return _grouped(plain)


def _grouped(signs: str) -> str:
    return "-".join(signs[at : at + _GROUP] for at in range(0, _SIGNS, _GROUP))
