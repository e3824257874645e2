"""What papers and state certificates may be: kinds of files, states, a number as it is kept."""

import re
import unicodedata
from enum import StrEnum

from lms.core.errors import Message

MAX_BYTES = 8 * 1024 * 1024
# Nobody has to show so many; somebody who sends more fills the disk.
MOST_PAPERS = 40
LONGEST_NUMBER = 40


class PaperKind(StrEnum):
    """What a paper is to prove."""

    GROUPS = "groups"
    TIES = "ties"
    PUBLIC_STAFF = "public_staff"
    RECEIVING_PENSION = "receiving_pension"
    FULL_TIME_STUDENT = "full_time_student"
    OTHER_PUBLIC_SOURCE = "other_public_source"
    PAST_SUBSIDIES = "past_subsidies"
    CERTIFICATE = "certificate"


class PaperType(StrEnum):
    """What a kept file is: photos are made anew as JPEG, a PDF stays as it was."""

    JPEG = "image/jpeg"
    PDF = "application/pdf"


class CertificateState(StrEnum):
    """Whether an entry of a certificate stands; a void one gives its number free."""

    LIVE = "live"
    VOID = "void"


class CertificateStatus(StrEnum):
    """What the issuer says of it."""

    ISSUED = "issued"
    REVOKED = "revoked"


class Sent(StrEnum):
    """What a sent file is by its first bytes, in the name its reader has for it."""

    JPEG = "jpeg_pipe"
    PNG = "png_pipe"
    WEBP = "webp_pipe"
    PDF = "pdf"


NOT_TAKEN = Message(
    "paper_kind",
    "This file is neither a photo (JPEG, PNG, WebP) nor a PDF. Please take a photo of the paper.",
)
EMPTY = Message("paper_missing", "Please choose a photo or a PDF first.")
_RIFF_HEAD = 12
_NUMBER = re.compile(r"[A-Z0-9][A-Z0-9-]{3,39}")
_ID_NUMBER = re.compile(r"[0-9]{17}[0-9X]")


def sniff(data: bytes) -> Sent | None:
    """Return what the bytes are, whatever the file is called; ``None`` for all else."""
    if data.startswith(b"\xff\xd8\xff"):
        return Sent.JPEG
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return Sent.PNG
    if data[:4] == b"RIFF" and data[8:_RIFF_HEAD] == b"WEBP":
        return Sent.WEBP
    return Sent.PDF if data.startswith(b"%PDF-") else None


def normal_number(text: str) -> str:
    """Return a certificate's number as it is kept: no spaces, plain and upper-case letters."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def number_fault(number: str) -> Message | None:
    """Return what is wrong with a normalised number."""
    if _ID_NUMBER.fullmatch(number):
        return Message(
            "certificate_number_of_card",
            "This is the number of an identity card. The certificate has a number of its own.",
        )
    if not _NUMBER.fullmatch(number):
        return Message(
            "certificate_number",
            "Letters and digits only, at least 4. It stands on the certificate.",
        )
    return None
