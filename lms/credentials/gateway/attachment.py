"""Takes the credential out of a PDF that a stranger sent, without trusting the PDF's own tables."""

import re
from typing import Final

from lms.credentials.gateway.carriers import (
    MAX_CREDENTIAL_BYTES,
    CarrierError,
    check_file,
    inflated,
    to_text,
)

JSON_KIND: Final = "application/vc+ld+json"
JWT_KIND: Final = "application/vc+jwt"
_KINDS = {
    JSON_KIND, JWT_KIND, "application/vc", "application/ld+json", "application/json",
    "application/jwt",
}  # fmt: skip
_MARK = re.compile(rb"/EmbeddedFile(?![A-Za-z])")
_KIND = re.compile(rb"/Subtype\s*/([^\s/<>()\[\]]{1,200})")
_FILTER = re.compile(rb"/Filter\s*(\[[^\]]{0,200}\]|/\w{1,40})")
_LENGTH = re.compile(rb"/Length\s+(\d{1,9})\b(?!\s+\d+\s+R)")
_HEX = re.compile(rb"#([0-9A-Fa-f]{2})")
_HEADER_WITHIN = 1024
_DICTIONARY_WITHIN = 2048
_MAX_MARKS = 64


def read(data: bytes) -> str:
    """Return the one credential attached to a PDF that nobody has looked at yet.

    A stream always stands in the open (ISO 32000-1, 7.5.7), so what is attached is found without
    the tables that say where. Attachments that do not name their media type, as PDF/A-3 asks
    (ISO 19005-3, 6.8), encrypted files and any packing but Flate are not understood. Raises
    ``CarrierError``: ``not_a_sheet``, ``no_credential``, ``several_credentials``, ``too_large``
    or ``damaged``.
    """
    check_file(data)
    if b"%PDF-" not in data[:_HEADER_WITHIN]:
        raise CarrierError("not_a_sheet")
    if b"%%EOF" not in data[-_HEADER_WITHIN:]:
        raise CarrierError("damaged")
    found = {_content(data, head, start) for start, head in _attached(data).items()}
    if len(found) > 1:
        raise CarrierError("several_credentials")
    if not found:
        raise CarrierError("no_credential")
    return to_text(found.pop())


def _attached(data: bytes) -> dict[int, bytes]:
    """Return where each attachment starts that may be a credential, and the dictionary before."""
    found = {}
    for number, mark in enumerate(_MARK.finditer(data)):
        if number == _MAX_MARKS:
            raise CarrierError("too_large")
        at = mark.start()
        first = data.rfind(b"obj", max(0, at - _DICTIONARY_WITHIN), at)
        last = data.find(b"stream", at, at + _DICTIONARY_WITHIN)
        if first >= 0 and last >= 0 and _kind(head := data[first:last]) in _KINDS:
            found[last + len(b"stream")] = head
    return found


def _kind(head: bytes) -> str:
    named = _KIND.search(head)
    if not named:
        return ""
    plain = _HEX.sub(lambda pair: bytes.fromhex(pair[1].decode()), named[1])
    return plain.decode("latin-1").lower()


def _content(data: bytes, head: bytes, start: int) -> bytes:
    """Return what the stream holds; the line break after its first word is not part of it."""
    start += 2 if data[start : start + 2] == b"\r\n" else 1
    packing = _FILTER.search(head)
    if packing:
        if packing[1].strip(b"[] \r\n\t") != b"/FlateDecode":
            raise CarrierError("damaged")
        return inflated(data[start:])
    length = _LENGTH.search(head)
    if not length:
        raise CarrierError("damaged")
    if int(length[1]) > MAX_CREDENTIAL_BYTES:
        raise CarrierError("too_large")
    return data[start : start + int(length[1])]
