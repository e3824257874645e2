"""Knows which characters the fonts of a printed sheet can draw, and what stands for the others."""

import struct
import unicodedata
from functools import cache
from pathlib import Path

import pylopdf_fonts_zh_cn

# What printers set where they had no type: 〓. A rare surname stays countable and is not misread.
_NO_TYPE = "〓"
_FORMATS = {"Cc", "Cf", "Co", "Cs"}
_VARIATIONS = frozenset({*range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)})
_TABLE_HEAD = struct.Struct(">4s4xII")
_SUBTABLE_HEAD = struct.Struct(">HHI")
_GROUP = struct.Struct(">III")


def printable(text: str) -> str:
    """Return the text with 〓 for each character no font here has.

    They have all of Unicode's first block of Chinese characters and its extension A, some two
    hundred of the later ones, and no Arabic, no pictures (emoji) and not all Latin accents. PDF/A
    allows no empty boxes (ISO 19005-3, 6.2.11.8). Line breaks become spaces; marks that only
    steer how a text runs are left out, so a name cannot turn the line around.
    """
    kept = (
        character
        for character in unicodedata.normalize("NFC", " ".join(text.split()))
        if unicodedata.category(character) not in _FORMATS and ord(character) not in _VARIATIONS
    )
    return "".join(character if ord(character) in _drawn() else _NO_TYPE for character in kept)


@cache
def _drawn() -> frozenset[int]:
    fonts = (pylopdf_fonts_zh_cn.serif_path(), pylopdf_fonts_zh_cn.sans_path())
    return frozenset().union(*(_characters(Path(font).read_bytes()) for font in fonts))


def _characters(font: bytes) -> set[int]:
    """Return the code points in the font's full Unicode table (OpenType, cmap, format 12)."""
    cmap = _table(font, b"cmap")
    (count,) = struct.unpack_from(">H", font, cmap + 2)
    for number in range(count):
        platform, encoding, offset = _SUBTABLE_HEAD.unpack_from(font, cmap + 4 + 8 * number)
        if (platform, encoding) == (3, 10):
            return _groups(font, cmap + offset)
    raise ValueError("The font has no table of all Unicode characters.")


def _groups(font: bytes, at: int) -> set[int]:
    (count,) = struct.unpack_from(">I", font, at + 12)
    groups = _GROUP.iter_unpack(font[at + 16 : at + 16 + _GROUP.size * count])
    return {code for first, last, _ in groups for code in range(first, last + 1)}


def _table(font: bytes, name: bytes) -> int:
    (count,) = struct.unpack_from(">H", font, 4)
    heads = _TABLE_HEAD.iter_unpack(font[12 : 12 + _TABLE_HEAD.size * count])
    return next(int(offset) for tag, offset, _ in heads if tag == name)
