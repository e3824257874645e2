"""Reads what instructors type; words come out in both languages, numbers as numbers."""

from collections.abc import Iterable, Mapping
from itertools import zip_longest

from lms.catalog.domain import Step
from lms.catalog.service import CourseWords, LessonWords, NewCourse, TextWords
from lms.core.errors import InvalidInput, Message
from lms.db.base import Localized

Form = Mapping[str, str]
_MAX_DIGITS = 9
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
