"""A line of a completion list and what a learner still lacks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.accounts.domain.people import masked_phone
from lms.core.clock import local_day
from lms.progress.domain.completion import credit_hours
from lms.roster.domain.filters import Text


@dataclass(frozen=True, slots=True)
class Step:
    """One item of a course; ``label`` is how people call its lesson, empty for the final test."""

    lesson_key: str
    item_key: str
    label: str
    lesson_title: Text
    item_title: Text
    is_required: bool


@dataclass(frozen=True, slots=True)
class Lacking:
    """A lesson that is not complete, and its required items that are not."""

    label: str
    title: Text
    items: tuple[Text, ...]


def lacking(steps: Iterable[Step], done: Collection[tuple[str, str]]) -> tuple[Lacking, ...]:
    """Return what is missing for completion, lesson by lesson in the order of the course.

    ``done`` holds (lesson key, item key) of what is complete.
    """
    missing: dict[str, list[Step]] = {}
    for step in steps:
        if step.is_required and (step.lesson_key, step.item_key) not in done:
            missing.setdefault(step.lesson_key, []).append(step)
    return tuple(
        Lacking(found[0].label, found[0].lesson_title, tuple(step.item_title for step in found))
        for found in missing.values()
    )


@dataclass(frozen=True, slots=True)
class Beside:
    """What a desk shows beside a line; ``held`` counts the sessions of the class that are over."""

    id_tail: str = ""
    groups: tuple[str, ...] = ()
    training_class: str = ""
    attended: int = 0
    held: int = 0
    has_certificate: bool = False
    claim: str | None = None
    flags: int = 0

    @property
    def attendance(self) -> int | None:
        """Return the share of sessions attended, per cent, never rounded up; none: no sessions."""
        return self.attended * 100 // self.held if self.held else None


@dataclass(frozen=True, slots=True)
class Line:
    """One enrollment in a completion list."""

    enrollment_id: int
    person_id: int
    name: str
    phone: str
    county: Text
    town: str
    course: Text
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    verified_ms: int
    final_percent: float | None
    lacking: tuple[Lacking, ...] = field(default=())
    course_slug: str = ""
    version: int = 0
    is_behind: bool = False
    """Whether the course has a newer version and nobody else decides on theirs, as for a class."""
    beside: Beside | None = None

    @property
    def phone_masked(self) -> str:
        """Return the number with its middle hidden."""
        return masked_phone(self.phone)

    @property
    def hours(self) -> float:
        """Return credit hours of 45 verified minutes, floored to one decimal."""
        return credit_hours(self.verified_ms) / 10

    @property
    def enrolled_on(self) -> date:
        """Return the calendar day of enrollment."""
        return local_day(self.enrolled_at)

    @property
    def completed_on(self) -> date | None:
        """Return the calendar day of completion."""
        return local_day(self.completed_at) if self.completed_at else None


def in_words(text: Text, language: str) -> str:
    """Return a stored text in the language, else in Chinese."""
    return text.get(language) or text["zh"]


def lacking_in_words(missing: Sequence[Lacking], language: str) -> str:
    """Return what is missing as one cell: ``A04 做一做、本课小测；结业测验``."""
    comma, semicolon = ("、", "；") if language == "zh" else (", ", "; ")
    return semicolon.join(
        f"{lesson.label} {comma.join(in_words(item, language) for item in lesson.items)}".lstrip()
        for lesson in missing
    )
