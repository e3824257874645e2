"""What learners type into the pages that join features, and what programs send for them."""

from collections.abc import Mapping
from typing import Any

from lms.catalog.outline import CourseView
from lms.core.errors import InvalidInput
from lms.core.query import Faults, read_number


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
