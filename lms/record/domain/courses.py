"""The courses of a file: what each lesson brought, by the clock and by decision."""

from dataclasses import dataclass
from datetime import datetime

from lms.catalog.outline import CourseView, LessonView
from lms.progress.domain.completion import is_lesson_complete
from lms.record.domain.reasons import Refused, added


@dataclass(frozen=True, slots=True)
class ItemLine:
    """What one item brought, milliseconds; ``granted_ms`` is the part people decided."""

    seen_ms: int
    credited_ms: int
    granted_ms: int
    refused: Refused
    is_required: bool = False
    is_complete: bool = False

    def plus(self, other: "ItemLine") -> "ItemLine":
        """Return what this version and another one of the item brought."""
        return ItemLine(
            self.seen_ms + other.seen_ms,
            self.credited_ms + other.credited_ms,
            self.granted_ms + other.granted_ms,
            added((self.refused.by_reason, other.refused.by_reason)),
        )


NOTHING = ItemLine(0, 0, 0, Refused())


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
    """A course the person takes or took, and what it brought.

    ``former`` are items the person's version does not teach any more: what they brought stays.
    """

    enrollment_id: int
    course: CourseView
    status: str
    enrolled_at: datetime
    completed_at: datetime | None
    ended_at: datetime | None
    lessons: tuple[LessonLine, ...]
    former: tuple[ItemLine, ...] = ()

    @property
    def credited_ms(self) -> int:
        """Return the verified milliseconds; roster, badge and page show the same."""
        return sum(lesson.credited_ms for lesson in self.lessons) + self.former_ms

    @property
    def granted_ms(self) -> int:
        """Return the part of it that people decided."""
        former_ms = sum(item.granted_ms for item in self.former)
        return sum(lesson.granted_ms for lesson in self.lessons) + former_ms

    @property
    def measured_ms(self) -> int:
        """Return the part of it that the clock measured."""
        return self.credited_ms - self.granted_ms

    @property
    def refused(self) -> Refused:
        """Return what did not count when it was played."""
        parts = [lesson.refused for lesson in self.lessons]
        parts += [item.refused for item in self.former]
        return added(each.by_reason for each in parts)

    @property
    def former_ms(self) -> int:
        """Return the verified milliseconds of what is not taught any more."""
        return sum(each.credited_ms for each in self.former)

    @property
    def taught(self) -> tuple[LessonLine, ...]:
        """Return the lessons without the final test."""
        return tuple(each for each in self.lessons if not each.lesson.is_final)

    @property
    def begun(self) -> int:
        """Return in how many lessons the person studied."""
        return sum(lesson.is_begun for lesson in self.taught)
