"""What all carriers share: how large a file may be, and why one is refused."""

import zlib

# A credential of ours has 5 KB; the rest is room for other issuers with long descriptions.
MAX_CREDENTIAL_BYTES = 256 * 1024
MAX_FILE_BYTES = 10 * 1024 * 1024


class CarrierError(Exception):
    """A file does not carry exactly one credential, or a credential cannot be put into one.

    ``code`` is one of ``not_an_image``, ``not_a_sheet``, ``no_credential``,
    ``several_credentials``, ``old_badge`` (Open Badges 2), ``too_large`` and ``damaged``.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_file(data: bytes) -> None:
    """Refuse a file that nobody needs to send: raises ``CarrierError`` ``too_large``."""
    if len(data) > MAX_FILE_BYTES:
        raise CarrierError("too_large")


def to_bytes(credential: str) -> bytes:
    """Return the credential as it goes into a file.

    Raises ``CarrierError`` ``too_large`` for one that no reader here would take out again.
    """
    raw = credential.encode()
    if len(raw) > MAX_CREDENTIAL_BYTES:
        raise CarrierError("too_large")
    return raw


def to_text(raw: bytes) -> str:
    """Return the credential found in a file.

    Raises ``CarrierError``: ``no_credential`` for an empty one, ``too_large``, or ``damaged``
    where it is not UTF-8.
    """
    if len(raw) > MAX_CREDENTIAL_BYTES:
        raise CarrierError("too_large")
    try:
        text = raw.decode().strip()
    except UnicodeDecodeError as error:
        raise CarrierError("damaged") from error
    if not text:
        raise CarrierError("no_credential")
    return text


def inflated(packed: bytes) -> bytes:
    """Return a credential that was packed with zlib; bytes after its end are left alone.

    One that would swell beyond the limit is never unpacked whole. Raises ``CarrierError``
    ``too_large`` or ``damaged``.
    """
    inflator = zlib.decompressobj()
    try:
        raw = inflator.decompress(packed, MAX_CREDENTIAL_BYTES + 1)
    except zlib.error as error:
        raise CarrierError("damaged") from error
    if len(raw) > MAX_CREDENTIAL_BYTES:
        raise CarrierError("too_large")
    if not inflator.eof:
        raise CarrierError("damaged")
    return raw
