"""Keyed digests of the numbers behind masks: they tell whether a number is still the same one."""

from collections.abc import Callable, Collection, Mapping

from lms.roster.domain.cells import Raw
from lms.roster.domain.fields import Secret

# Makes the digest of a number; each kind of number has its own.
Digest = Callable[[str, str], str]

# What lies sealed has its digest beside it, so nothing is opened; the others are read in clear.
_KEPT: Mapping[str, str] = {Secret.ID_NUMBER: "id_index", Secret.ACCOUNT: "account_index"}
_IN_CLEAR = (Secret.PHONE, Secret.ADDRESS)


def mark_of(key: str, text: str, digest: Digest) -> str:
    """Return the mark of what is read in clear; it is like no digest kept anywhere else."""
    return digest(f"frozen_{key}", text)


def marks_of(
    raw: Raw, keys: Collection[str], digest: Digest, height: int
) -> list[Mapping[str, str]]:
    """Return of each row the marks of what the columns named hide; nothing has none."""
    found: list[dict[str, str]] = [{} for _ in range(height)]
    for key in (each for each in (*_KEPT, *_IN_CLEAR) if each in keys):
        values = raw.get(_KEPT.get(key, key)) or ()
        for marks, value in zip(found, values, strict=False):
            if value:
                marks[key] = value if key in _KEPT else mark_of(key, value, digest)
    return list(found)
