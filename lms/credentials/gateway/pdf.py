"""Prints a badge as a PDF/A-3 sheet with the credential attached, and takes it out again."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from lms.credentials.gateway import art, attachment, typeset
from lms.credentials.gateway.carriers import to_text
from lms.credentials.gateway.glyphs import printable

_BRAND = "乡播学堂 Xiangbo"
_REGIONS = {"zh": "CN"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a printed badge says, already in the language of the reader.

    ``facts`` are labels and values, top to bottom. ``scan_line`` stands under the QR code of
    ``qr_address``, and ``check_address`` below it for those who type. ``seal_line`` names what
    belongs on the empty line under the issuer. ``made_at`` dates the file, with its zone: the
    same sheet is the same bytes whenever it is printed.
    """

    language: str
    heading: str
    name: str
    sentence: str
    title: str
    facts: tuple[tuple[str, str], ...]
    issuer: str
    seal_line: str
    serial: str
    statement: str
    scan_line: str
    check_address: str
    qr_address: str
    cover: str
    credential: bytes
    file_name: str
    made_at: datetime
    is_void: bool = False


@lru_cache(maxsize=64)
def certificate(sheet: Sheet) -> bytes:
    """Return the sheet as an A4 page in PDF/A-3b that carries the credential as an attachment.

    Setting one takes the engine for as long as twenty pages of the site take, so the last ones are
    kept: a class that opens the address of one badge keeps nobody else waiting.
    Characters without a glyph are printed as 〓; a long name or title is set smaller. Raises
    ``CarrierError`` where the credential is too large or not text.
    """
    return typeset.pdf_a3("certificate.typ", _values(sheet), made_at=sheet.made_at)


def read(data: bytes) -> str:
    """Return the credential attached to a sheet that nobody has looked at yet.

    Raises ``CarrierError``: ``not_a_sheet``, ``no_credential``, ``several_credentials``,
    ``too_large`` or ``damaged``.
    """
    return attachment.read(data)


def _values(sheet: Sheet) -> dict[str, object]:
    words = ("heading", "name", "sentence", "title", "issuer", "seal_line", "serial", "statement",
             "scan_line", "check_address")  # fmt: skip
    credential = to_text(sheet.credential)
    return {
        **{word: printable(getattr(sheet, word)) for word in words},
        "facts": [[printable(label), printable(value)] for label, value in sheet.facts],
        "brand": _BRAND,
        "lang": sheet.language,
        "region": _REGIONS.get(sheet.language),
        "qr_address": sheet.qr_address,
        "drawings": _drawings(sheet),
        "attachment": {
            "name": sheet.file_name,
            "text": credential,
            "kind": attachment.JSON_KIND if credential.startswith("{") else attachment.JWT_KIND,
        },
    }


def _drawings(sheet: Sheet) -> dict[str, str]:
    return {
        "mark": typeset.drawing("mark"),
        "word": typeset.drawing("word"),
        "stamp": typeset.drawing("stamp-void" if sheet.is_void else "seal"),
        "badge": art.badge_svg(sheet.cover, is_void=sheet.is_void).decode(),
        "qr": art.qr_svg(sheet.qr_address).decode(),
    }
