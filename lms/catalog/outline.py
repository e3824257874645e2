"""The frozen outline of one revision: course > module > lesson > item; plain values."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

Words = Mapping[str, str]  # {"zh": …, "en": …}; zh always stands

FINAL_LESSON = "FINAL"


@dataclass(frozen=True, slots=True)
class ItemView:
    """One thing to do; ``duration_ms`` is the most it may earn.

    ``media_version`` is the hash over the files of a video.
    """

    id: int
    key: str
    kind: str
    title: Words
    is_required: bool
    lesson_key: str
    material_id: int | None
    duration_ms: int
    asset_id: str | None
    quiz_id: int | None
    captions: Mapping[str, int] | None = None
    media_version: str | None = None

    @property
    def address(self) -> str:
        """Return how the item is named in addresses: ``A01.video``."""
        return f"{self.lesson_key}.{self.key}"


@dataclass(frozen=True, slots=True)
class LessonView:
    """A lesson with its place in the course (``number`` counts from 1)."""

    id: int
    key: str
    number: int
    title: Words
    minutes: int
    objectives: Sequence[Words]
    module_key: str
    items: tuple[ItemView, ...]

    @property
    def is_final(self) -> bool:
        """Tell whether this is the final test."""
        return self.key == FINAL_LESSON

    @property
    def duration_ms(self) -> int:
        """Return the most the lesson may earn."""
        return sum(item.duration_ms for item in self.items)


@dataclass(frozen=True, slots=True)
class ModuleView:
    """A group of lessons (``number`` counts from 1)."""

    key: str
    number: int
    title: Words
    lessons: tuple[LessonView, ...]


@dataclass(frozen=True, slots=True)
class CourseView:
    """A whole revision of a course."""

    course_id: int
    slug: str
    revision_id: int
    number: int
    title: Words
    summary: Words
    outcomes: Sequence[Words]
    cover: str
    price_fen: int
    institution: Words
    programme: Words | None
    programme_hours: int | None
    modules: tuple[ModuleView, ...]
    programme_slug: str | None = None

    @property
    def lessons(self) -> tuple[LessonView, ...]:
        """Return all lessons in order, the final test last."""
        return tuple(lesson for module in self.modules for lesson in module.lessons)

    @property
    def teaching_lessons(self) -> tuple[LessonView, ...]:
        """Return the lessons without the final test."""
        return tuple(lesson for lesson in self.lessons if not lesson.is_final)

    def items(self) -> Iterator[ItemView]:
        """Yield every item in order."""
        for lesson in self.lessons:
            yield from lesson.items

    @property
    def duration_ms(self) -> int:
        """Return the most the course may earn."""
        return sum(item.duration_ms for item in self.items())

    def lesson(self, key: str) -> LessonView | None:
        """Return the lesson with the key."""
        return next((lesson for lesson in self.lessons if lesson.key == key), None)

    def item(self, address: str) -> ItemView | None:
        """Return the item with the address: ``A01.video``."""
        return next((item for item in self.items() if item.address == address), None)
