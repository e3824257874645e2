"""Derives completion, in the transaction that makes it true, once."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.catalog.tree import revision_tree
from lms.core.errors import Forbidden
from lms.db.bus import emit
from lms.db.upsert import insert_once
from lms.enrollment import service as enrollment_service
from lms.enrollment.events import Enrolled, Moved
from lms.enrollment.models import Enrollment
from lms.progress import queries
from lms.progress.domain.completion import ItemState, is_course_complete, is_covered
from lms.progress.domain.spans import Spans
from lms.progress.events import ItemCompleted
from lms.progress.models import ItemCompletion

Done = set[tuple[str, str]]


def complete_item(
    session: Session, *, enrollment_id: int, lesson_key: str, item_key: str, now: datetime
) -> bool:
    """Record that an item is complete and, where it was the last one, the course.

    Returns whether this call recorded it; a second call changes nothing.
    """
    row = {
        "enrollment_id": enrollment_id,
        "lesson_key": lesson_key,
        "item_key": item_key,
        "completed_at": now,
    }
    if not insert_once(session, ItemCompletion, row):
        return False
    enrollment = session.get_one(Enrollment, enrollment_id)
    emit(session, ItemCompleted(enrollment_id, enrollment.person_id, lesson_key, item_key, now))
    derive_completion(session, enrollment_id=enrollment_id, now=now)
    return True


def derive_completion(session: Session, *, enrollment_id: int, now: datetime) -> bool:
    """Complete the course where everything required is done; return whether this call did it.

    The enrollment is locked: a move to another version and the last thing done look one after
    the other, so that one of them sees both.
    """
    enrollment = session.get_one(
        Enrollment, enrollment_id, with_for_update=True, populate_existing=True
    )
    tree = revision_tree(session, enrollment.revision_id)
    done = queries.completed_items(session, enrollment_id)
    if not is_course_complete(_states(tree, done), final_passed=_final_passed(tree, done)):
        return False
    return enrollment_service.complete(session, enrollment_id=enrollment_id, now=now)


def complete_what_was_seen(session: Session, joined: Enrolled | Moved) -> None:
    """Complete the items of a new enrollment, or of a newer version, covered before.

    Who left a course and comes back keeps what was studied; quizzes are taken anew.
    """
    tree = revision_tree(session, joined.revision_id)
    seen = {
        row.material_id: Spans.of(row.seen) for row in queries.all_sets(session, joined.person_id)
    }
    for item in tree.items():
        if item.kind == ItemKind.QUIZ or item.material_id not in seen:
            continue
        if is_covered(seen[item.material_id], item.duration_ms):
            complete_item(
                session,
                enrollment_id=joined.enrollment_id,
                lesson_key=item.lesson_key,
                item_key=item.key,
                now=joined.at,
            )


def require_open(session: Session, *, target: queries.Target) -> None:
    """Let the item be studied. Raises ``Forbidden`` for a final test that is not open yet."""
    tree = revision_tree(session, target.revision_id)
    lesson = next(lesson for lesson in tree.lessons if lesson.id == target.lesson_id)
    if not is_open(tree, lesson, queries.completed_items(session, target.enrollment_id)):
        raise Forbidden("item_locked", "The final test opens when all lessons are complete.")


def is_open(tree: CourseView, lesson: LessonView, done: Done) -> bool:
    """Tell whether a lesson may be studied: the final test only after everything required."""
    if not lesson.is_final:
        return True
    return all(
        (item.lesson_key, item.key) in done
        for other in tree.teaching_lessons
        for item in other.items
        if item.is_required
    )


def _states(tree: CourseView, done: Done) -> list[ItemState]:
    return [
        ItemState(item.is_required, (item.lesson_key, item.key) in done) for item in tree.items()
    ]


def _final_passed(tree: CourseView, done: Done) -> bool:
    finals: list[ItemView] = [
        item
        for lesson in tree.lessons
        if lesson.is_final
        for item in lesson.items
        if item.kind == ItemKind.QUIZ
    ]
    return all((item.lesson_key, item.key) in done for item in finals)
