"""Where a learner stands in a course and what comes next; pure."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.progress.domain.completion import is_lesson_complete
from lms.progress.domain.totals import NOTHING_YET, Totals

Done = AbstractSet[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ItemStanding:
    """An item and how far the learner is with it, milliseconds."""

    item: ItemView
    totals: Totals
    is_complete: bool

    @property
    def is_required(self) -> bool:
        """Tell whether its lesson needs it."""
        return self.item.is_required


@dataclass(frozen=True, slots=True)
class LessonStanding:
    """A lesson and how far the learner is with it."""

    lesson: LessonView
    items: tuple[ItemStanding, ...]
    is_open: bool

    @property
    def is_complete(self) -> bool:
        """Tell whether every required item is complete."""
        return is_lesson_complete(self.items)

    @property
    def credited_ms(self) -> int:
        """Return the verified milliseconds of the lesson."""
        return sum(each.totals.credited_ms for each in self.items)

    @property
    def uncounted_ms(self) -> int:
        """Return how much was seen and did not count."""
        return sum(each.totals.seen_ms - each.totals.credited_ms for each in self.items)

    @property
    def percent(self) -> int:
        """Return the verified share of what the lesson may earn, floored."""
        return self.credited_ms * 100 // self.lesson.duration_ms if self.lesson.duration_ms else 0


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """A whole course as one learner stands in it."""

    course: CourseView
    lessons: tuple[LessonStanding, ...]

    @property
    def credited_ms(self) -> int:
        """Return the verified milliseconds of the course."""
        return sum(lesson.credited_ms for lesson in self.lessons)

    @property
    def uncounted_ms(self) -> int:
        """Return how much was seen and did not count."""
        return sum(lesson.uncounted_ms for lesson in self.lessons)

    @property
    def done_items(self) -> int:
        """Return how many required items are complete."""
        return sum(
            each.is_complete and each.item.is_required
            for lesson in self.lessons
            for each in lesson.items
        )

    @property
    def needed_items(self) -> int:
        """Return how many items are required."""
        return sum(item.is_required for item in self.course.items())

    def lesson(self, key: str) -> LessonStanding | None:
        """Return the standing in the lesson with the key."""
        return next((each for each in self.lessons if each.lesson.key == key), None)

    def next_step(self) -> tuple[LessonStanding, ItemStanding] | None:
        """Return the first required item that is not complete and may be studied."""
        for lesson in self.lessons:
            for each in lesson.items:
                if lesson.is_open and each.item.is_required and not each.is_complete:
                    return lesson, each
        return None


def standing(course: CourseView, done: Done, totals: Mapping[int, Totals]) -> CourseStanding:
    """Return where a learner stands, from what is complete and what was counted."""
    taught = all(
        (item.lesson_key, item.key) in done
        for lesson in course.teaching_lessons
        for item in lesson.items
        if item.is_required
    )
    return CourseStanding(
        course,
        tuple(
            LessonStanding(
                lesson,
                tuple(
                    ItemStanding(
                        item,
                        totals.get(item.material_id or 0, NOTHING_YET),
                        (item.lesson_key, item.key) in done,
                    )
                    for item in lesson.items
                ),
                is_open=taught or not lesson.is_final,
            )
            for lesson in course.lessons
        ),
    )
