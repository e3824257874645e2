"""The courses of a file: what each lesson brought, by the clock and by decision."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalog.outline import CourseView, LessonView
from lms.progress.domain.completion import is_lesson_complete
from lms.record.domain.reasons import Refused, added


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What one item brought, milliseconds; ``granted_ms`` is the part people decided."""

    is_required: bool
    is_complete: bool
    seen_ms: int
    credited_ms: int
    granted_ms: int
    refused: Refused


@dataclass(frozen=True, slots=True)
class LessonLine:
    """What one lesson brought."""

    lesson: LessonView
    items: tuple[ItemLine, ...]

    @property
    def is_complete(self) -> bool:
        """Tell whether every required item is complete."""
        return is_lesson_complete(self.items)

    @property
    def credited_ms(self) -> int:
        """Return the verified milliseconds."""
        return sum(each.credited_ms for each in self.items)

    @property
    def granted_ms(self) -> int:
        """Return the part of it that people decided."""
        return sum(each.granted_ms for each in self.items)

    @property
    def is_begun(self) -> bool:
        """Tell whether anything of it was seen or done."""
        return any(each.seen_ms or each.is_complete for each in self.items)

    @property
    def refused(self) -> Refused:
        """Return what did not count when it was played."""
        return added(each.refused.by_reason for each in self.items)


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course the person takes or took, and what it brought."""

    enrollment_id: int
    course: CourseView
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    ended_at: datetime | None
    lessons: tuple[LessonLine, ...]

    @property
    def credited_ms(self) -> int:
        """Return the verified milliseconds; roster, badge and page show the same."""
        return sum(lesson.credited_ms for lesson in self.lessons)

    @property
    def granted_ms(self) -> int:
        """Return the part of it that people decided."""
        return sum(lesson.granted_ms for lesson in self.lessons)

    @property
    def measured_ms(self) -> int:
        """Return the part of it that the clock measured."""
        return self.credited_ms - self.granted_ms

    @property
    def refused(self) -> Refused:
        """Return what did not count when it was played."""
        return added(lesson.refused.by_reason for lesson in self.lessons)

    @property
    def taught(self) -> tuple[LessonLine, ...]:
        """Return the lessons without the final test."""
        return tuple(each for each in self.lessons if not each.lesson.is_final)

    @property
    def begun(self) -> int:
        """Return in how many lessons the person studied."""
        return sum(lesson.is_begun for lesson in self.taught)
