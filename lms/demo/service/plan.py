"""Lays out when a demo learner studies which item of a course."""

from collections.abc import Collection, Sequence

from sqlalchemy.orm import Session

from lms.assessment.models import Quiz
from lms.catalog.outline import CourseView, LessonView
from lms.demo import domain
from lms.demo.domain import Step
from lms.demo.service.history import StepRow


def steps_of(tree: CourseView) -> tuple[Step, ...]:
    """Return the items of the course in the order and at the times they are studied."""
    return domain.steps_of([[item.duration_ms for item in each.items] for each in tree.lessons])


def every_item(tree: CourseView) -> set[int]:
    """Return all items that have time to earn."""
    return {item_id for lesson in tree.lessons for item_id in _timed(lesson)}


def one_item_a_lesson(tree: CourseView) -> set[int]:
    """Return the first item of each lesson that has time to earn."""
    return {item_id for lesson in tree.lessons for item_id in _timed(lesson)[:1]}


def step_rows(
    session: Session, tree: CourseView, steps: Sequence[Step], watched: Collection[int]
) -> list[StepRow]:
    """Return the steps with the rows they refer to; ``watched`` names the items with slices."""
    rows = []
    for step, item in zip(steps, tree.items(), strict=True):
        quiz = session.get_one(Quiz, item.quiz_id) if item.quiz_id else None
        rows.append(
            StepRow(
                number=step.number,
                day=step.day,
                offset_ms=step.offset_ms,
                duration_ms=step.duration_ms,
                is_watched=int(item.id in watched),
                item_id=item.id,
                material_id=item.material_id,
                lesson_key=item.lesson_key,
                item_key=item.key,
                quiz_id=item.quiz_id,
                asked=quiz.draw if quiz else None,
                pass_percent=quiz.pass_percent if quiz else None,
            )
        )
    return rows


def _timed(lesson: LessonView) -> list[int]:
    return [item.id for item in lesson.items if item.material_id and item.duration_ms]
