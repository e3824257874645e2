"""Where a learner stands in a course and what comes next; pure."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.progress.domain.completion import is_lesson_complete
from lms.progress.domain.totals import Studied, Totals

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

    @property
    def most_ms(self) -> int:
        """Return the most the item may earn: as much as the longest of its versions is long."""
        return max(self.item.duration_ms, self.totals.longest_ms, self.totals.verified_ms)

    @property
    def room_ms(self) -> int:
        """Return how much of this version may still count, after what earlier ones brought."""
        return self.most_ms - self.totals.verified_ms


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
        return sum(each.totals.verified_ms for each in self.items)

    @property
    def uncounted_ms(self) -> int:
        """Return how much was seen, did not count and may count when it is played again."""
        return sum(
            min(each.totals.seen_ms - each.totals.credited_ms, each.room_ms) for each in self.items
        )

    @property
    def planned_ms(self) -> int:
        """Return the most the lesson may earn: its length, or that of longer versions studied."""
        return sum(each.most_ms for each in self.items)

    @property
    def percent(self) -> int:
        """Return the verified share of what the lesson may earn, floored."""
        return self.credited_ms * 100 // self.planned_ms if self.planned_ms else 0


@dataclass(frozen=True, slots=True)
class CourseStanding:
    """A whole course as one learner stands in it."""

    course: CourseView
    lessons: tuple[LessonStanding, ...]
    credited_ms: int
    """The verified milliseconds of the course, with those of lessons it no longer teaches."""

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


def standing(course: CourseView, done: Done, studied: Studied) -> CourseStanding:
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
                        studied.of_item(
                            item.material_id, (course.course_id, item.lesson_key, item.key)
                        ),
                        (item.lesson_key, item.key) in done,
                    )
                    for item in lesson.items
                ),
                is_open=taught or not lesson.is_final,
            )
            for lesson in course.lessons
        ),
        studied.of_course(course.course_id),
    )
