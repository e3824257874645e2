"""Reads what instructors type and what their upload clients say; numbers come out as numbers."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import TypeGuard

from lms.catalog.domain import Step
from lms.catalog.service import CourseWords, LessonWords, NewCourse, TextWords
from lms.core.errors import Conflict, InvalidInput, LmsError, Message
from lms.db.base import Localized
from lms.media.domain import tus
from lms.media.domain.names import clean_filename
from lms.media.service import NewUpload, TooLarge
from lms.studio.domain import MAX_FILES, Chosen, ChosenFile

Form = Mapping[str, str]
_MAX_DIGITS = 9
_BEYOND = 10**15
_MALFORMED = Message("form_malformed", "The page sent something odd. Load it again and repeat.")


def words(form: Form, name: str) -> Localized:
    """Return a text; the English one only where something was typed."""
    typed = {code: form.get(f"{name}_{code}", "").strip() for code in ("zh", "en")}
    return {code: text for code, text in typed.items() if text or code == "zh"}


def lines(form: Form, name: str) -> tuple[Localized, ...]:
    """Return one text a line; an English line belongs to the Chinese one of the same number."""
    typed = (form.get(f"{name}_{code}", "").splitlines() for code in ("zh", "en"))
    pairs = ((zh.strip(), en.strip()) for zh, en in zip_longest(*typed, fillvalue=""))
    return tuple({"zh": zh, "en": en} if en else {"zh": zh} for zh, en in pairs if zh)


def edits(form: Form) -> int:
    """Return the count of edits the page was made with. Raises ``InvalidInput``."""
    number = _number(form.get("edits", ""))
    if number is None:
        raise InvalidInput({"edits": _MALFORMED})
    return number


def captions(form: Form) -> tuple[str, int]:
    """Return the text of captions and the number of those it was made from.

    Raises ``InvalidInput``.
    """
    number = _number(form.get("number", ""))
    if number is None:
        raise InvalidInput({"number": _MALFORMED})
    return form.get("text", "").replace("\r\n", "\n"), number


def step(form: Form) -> Step:
    """Return which way to move something. Raises ``InvalidInput``."""
    try:
        return Step(form.get("step", ""))
    except ValueError as error:
        raise InvalidInput({"step": _MALFORMED}) from error


def new_course(form: Form) -> NewCourse:
    """Return the course a person wants to start."""
    return NewCourse(
        slug=form.get("slug", "").strip(),
        title=words(form, "title"),
        institution_slug=form.get("institution", ""),
    )


def course_words(form: Form) -> CourseWords:
    """Return what the course says of itself."""
    return CourseWords(
        title=words(form, "title"),
        summary=words(form, "summary"),
        outcomes=lines(form, "outcomes"),
        cover=form.get("cover", ""),
    )


def lesson_words(form: Form, slots: Iterable[str]) -> LessonWords:
    """Return the lesson's words and its texts by slot.

    Minutes that are no number come out as 0, so that all faults are told together.
    """
    return LessonWords(
        title=words(form, "title"),
        objectives=lines(form, "objectives"),
        minutes=_number(form.get("minutes", "")) or 0,
        texts={slot: _text(form, slot) for slot in slots},
    )


def _text(form: Form, slot: str) -> TextWords:
    body = {code: form.get(f"body-{slot}-{code}", "") for code in ("zh", "en")}
    # Browsers end lines with CR LF; texts are kept as folders hold them.
    kept = {code: text.replace("\r\n", "\n") for code, text in body.items() if text.strip()}
    return TextWords({"zh": "", **kept}, _number(form.get(f"minutes-{slot}", "")) or 0)


def _number(typed: str) -> int | None:
    text = typed.strip()
    is_number = text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS
    return int(text) if is_number else None


def chosen_files(body: object) -> Chosen:
    """Return the files a page names. Raises ``InvalidInput``."""
    said = body if isinstance(body, dict) else {}
    listed, module = (said.get(name) for name in ("files", "module"))
    number = said.get("edits")
    if not isinstance(listed, list) or not _is_count(number):
        raise InvalidInput({"files": _MALFORMED})
    if module is not None and not isinstance(module, str):
        raise InvalidInput({"module": _MALFORMED})
    if not listed:
        raise InvalidInput({"files": Message("files_none", "Please choose some files first.")})
    if len(listed) > MAX_FILES:
        raise InvalidInput(
            {
                "files": Message(
                    "files_too_many",
                    "Choose at most %(most)s files at once, and the others afterwards.",
                    {"most": MAX_FILES},
                )
            }
        )
    return Chosen(number, module or None, tuple(_chosen_file(each) for each in listed))


def _chosen_file(said: object) -> ChosenFile:
    each = said if isinstance(said, dict) else {}
    name, size = each.get("name"), each.get("size")
    if not isinstance(name, str) or not name.strip() or not _is_count(size):
        raise InvalidInput({"files": _MALFORMED})
    return ChosenFile(clean_filename(name), size, str(each.get("modified") or ""))


def _is_count(said: object) -> TypeGuard[int]:
    return isinstance(said, int) and not isinstance(said, bool) and 0 <= said < _BEYOND


class VersionUnknown(LmsError):
    """The client speaks another version of the protocol."""

    status = 412


class TypeUnknown(LmsError):
    """The body is no part of an upload."""

    status = 415


class ChecksumRefused(LmsError):
    """The chunk is not what it was said to be; the status is the protocol's own."""

    status = 460


def tus_version_unknown() -> VersionUnknown:
    """Return the refusal of another version of the protocol."""
    return VersionUnknown("tus_version_unknown", "This site takes uploads by tus 1.0.0 alone.")


def offset_differs() -> Conflict:
    """Return the refusal of bytes that do not follow on those that are there."""
    return Conflict(
        "upload_offset_differs",
        "The upload is at another place. Nothing was changed; it can go on from there.",
    )


def checksum_differs() -> ChecksumRefused:
    """Return the refusal of a chunk that arrived changed."""
    return ChecksumRefused(
        "upload_checksum_differs",
        "This part arrived changed on its way and was not kept. Please send it again.",
    )


def new_upload(headers: Mapping[str, str]) -> NewUpload:
    """Return the file a client announces. Raises ``LmsError`` and ``InvalidInput``."""
    length = tus.read_number(headers.get("Upload-Length"))
    if length is None:
        raise _malformed()
    said = headers.get("Upload-Metadata", "")
    try:
        about = tus.read_metadata(said)
        sha256 = tus.read_sha256(about.get("sha256"))
    except tus.BadHeader as error:
        raise _malformed() from error
    item = tus.read_number(about.get("item"))
    if item is None and about.get("item"):
        raise InvalidInput({"item": _MALFORMED})
    return NewUpload(
        filename=about.get("filename", ""),
        byte_size=length,
        sha256=sha256,
        modified=about.get("lastModified", ""),
        item_id=item,
        headers=said,
    )


def chunk_offset(headers: Mapping[str, str], *, kind: str, size: int) -> int:
    """Return where the chunk begins: where the file ends.

    Raises ``TypeUnknown``, ``Conflict`` where it is elsewhere, ``LmsError`` where none is said.
    """
    if kind != tus.CHUNK_TYPE:
        raise TypeUnknown("upload_type_unknown", "This is no part of an upload.")
    offset = tus.read_number(headers.get("Upload-Offset"))
    if offset is None:
        raise _malformed()
    if offset != size:
        raise offset_differs()
    return offset


def chunk_checksum(
    headers: Mapping[str, str], *, body: int | None, left: int
) -> tus.Checksum | None:
    """Return what the chunk must hash to; ``body`` is its length where that is known.

    Raises ``TooLarge`` where it is more than is ``left`` of the file.
    """
    if body is not None and body > left:
        raise TooLarge("upload_beyond_length", "This is more than the file was said to hold.")
    try:
        return tus.read_checksum(headers.get("Upload-Checksum"))
    except tus.BadHeader as error:
        raise _malformed() from error


def _malformed() -> LmsError:
    return LmsError("upload_malformed", "The upload program sent something odd.")
