"""What learners type into the pages that join features, and what programs send for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lms.catalog.outline import CourseView
from lms.core.errors import InvalidInput, Message
from lms.core.query import Faults, read_number, read_text
from lms.media.domain.transcript import fold

MOST_SIGNS = 50
_PAGE_DIGITS = 4
_LONGEST_WORDS = 500


def matching(course: CourseView, words: str) -> bool:
    """Tell whether the course answers a search: each word stands somewhere in its outline."""
    texts = [course.title, course.summary, *course.outcomes]
    texts += [lesson.title for lesson in course.lessons]
    haystack = " ".join(value for text in texts for value in text.values()).casefold()
    return all(word in haystack for word in words.casefold().split())


def parse_class(sent: object) -> int | None:
    """Return the class that is to be joined, ``None`` for none. Raises ``InvalidInput``."""
    faults: Faults = {}
    fields: Mapping[str, Any] = sent if isinstance(sent, Mapping) else {}
    number = read_number(fields, "class", faults)
    if faults:
        raise InvalidInput(faults)
    return number


def parse_words(form: Mapping[str, Any]) -> str:
    """Return what the learner says is not right. Raises ``InvalidInput`` where it is nothing."""
    faults: Faults = {}
    words = read_text(form, "words", faults, longest=_LONGEST_WORDS)
    if words is None:
        faults.setdefault("words", Message("words_missing", "Please say what is not right."))
        raise InvalidInput(faults)
    return words


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for in the text of videos, in which language, and which page of it."""

    typed: str
    words: tuple[str, ...]
    language: str
    page: int


def search(asked: Mapping[str, str], *, spoken: str) -> Search:
    """Return what is looked for; the language is that of the reader unless another is asked."""
    typed = " ".join(asked.get("q", "")[:MOST_SIGNS].split())
    number = asked.get("page", "1")
    is_page = number.isascii() and number.isdigit() and len(number) <= _PAGE_DIGITS
    return Search(
        typed=typed,
        words=tuple(fold(typed).split()),
        language=asked.get("in", spoken),
        page=max(1, int(number)) if is_page else 1,
    )
