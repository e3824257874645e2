"""Changes the outline of a draft: its own words, its modules, its lessons and their order."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.catalog import queries
from lms.catalog.domain import (
    COVERS,
    ItemKind,
    Outline,
    Step,
    final_last,
    moved_lesson,
    moved_module,
    next_key,
    title_fault,
)
from lms.catalog.models import Item, Lesson, Module, Revision
from lms.catalog.service.revisions import locked_draft
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.base import Localized

# What a lesson is planned for before anyone says otherwise: one credit hour has 45 minutes.
_PLANNED_MINUTES = 45


@dataclass(frozen=True, slots=True)
class CourseWords:
    """What a course says of itself in the menu."""

    title: Localized
    summary: Localized
    outcomes: tuple[Localized, ...]
    cover: str


class DraftEditor:
    """Changes one locked draft; made by ``edit_draft``."""

    def __init__(self, session: Session, draft: Revision, at: datetime) -> None:
        self._session = session
        self._draft = draft
        draft.edits += 1
        draft.edited_at = at

    def describe(self, words: CourseWords) -> None:
        """Set the course's own words. Raises ``InvalidInput`` where the title is empty."""
        _require_title(words.title)
        if words.cover not in COVERS:
            raise InvalidInput({"cover": Message("cover_unknown", "Please choose a picture.")})
        self._draft.title = words.title
        self._draft.summary = words.summary
        self._draft.outcomes = list(words.outcomes)
        self._draft.cover = words.cover

    def add_module(self, title: Localized) -> str:
        """Add a module at the end and return its key."""
        _require_title(title)
        rows = self._rows()
        key = next_key(queries.keys_ever_used(self._session, self._draft.course_id), "M")
        place = len(rows.modules) + 1
        module = Module(revision_id=self._draft.id, key=key, position=place, title=title)
        self._session.add(module)
        self._session.flush()
        self._arrange(final_last)
        return key

    def rename_module(self, key: str, title: Localized) -> None:
        """Give the module another title."""
        _require_title(title)
        self._module(key).title = title

    def move_module(self, key: str, step: Step) -> None:
        """Move the module one place."""
        self._module(key)
        self._arrange(lambda outline: moved_module(outline, key, step))

    def remove_module(self, key: str) -> None:
        """Take an empty module out of the draft. Raises ``Conflict`` where it has lessons."""
        module = self._module(key)
        branch = next(b for b in self._rows().outline if b.key == key)
        if branch.lessons:
            raise Conflict(
                "module_not_empty",
                "This unit still has lessons. Move them to another unit or remove them first.",
            )
        self._session.delete(module)
        self._session.flush()

    def add_lesson(self, module_key: str, title: Localized) -> str:
        """Add a lesson with a place for its video and return its key."""
        [key] = self.add_lessons(module_key, [title])
        return key

    def add_lessons(self, module_key: str, titles: Sequence[Localized]) -> list[str]:
        """Add lessons in this order, each with a place for its video, and return their keys."""
        for title in titles:
            _require_title(title)
        module = self._module(module_key)
        taken = queries.keys_ever_used(self._session, self._draft.course_id)
        place = len(self._rows().lessons)
        lessons: list[Lesson] = []
        for title in titles:
            key = next_key(taken, "L")
            taken.add(key)
            place += 1
            lessons.append(self._lesson(module, key, place, title))
        self._session.add_all(lessons)
        self._session.flush()
        self._session.add_all(video_place(lesson) for lesson in lessons)
        self._session.flush()
        self._arrange(final_last)
        return [lesson.key for lesson in lessons]

    def move_lesson(self, key: str, step: Step) -> None:
        """Move the lesson one place, into the neighbouring module where it stands at the edge."""
        queries.lesson_rows(self._rows(), key)
        self._arrange(lambda outline: moved_lesson(outline, key, step))

    def remove_lesson(self, key: str) -> None:
        """Take the lesson out of the draft; published revisions keep theirs."""
        entry = queries.lesson_rows(self._rows(), key)
        for item in entry.items:
            self._session.delete(item)
        self._session.flush()
        self._session.delete(entry.lesson)
        self._session.flush()
        self._arrange(final_last)

    def _lesson(self, module: Module, key: str, place: int, title: Localized) -> Lesson:
        return Lesson(
            revision_id=self._draft.id,
            module_id=module.id,
            key=key,
            position=place,
            title=title,
            minutes=_PLANNED_MINUTES,
            objectives=[],
        )

    def _rows(self) -> queries.RevisionRows:
        return queries.rows_of(self._session, self._draft)

    def _module(self, key: str) -> Module:
        for branch in self._rows().modules:
            if branch.module.key == key:
                return branch.module
        raise NotFound("module_not_found", "This version of the course has no such unit.")

    def _arrange(self, change: Callable[[Outline], Outline]) -> None:
        """Write the new order down; positions run through the whole course."""
        rows = self._rows()
        modules = {branch.module.key: branch.module for branch in rows.modules}
        lessons = {entry.lesson.key: entry.lesson for entry in rows.lessons}
        place = 0
        for number, branch in enumerate(change(rows.outline), 1):
            modules[branch.key].position = number
            for key in branch.lessons:
                place += 1
                lessons[key].position = place
                lessons[key].module_id = modules[branch.key].id
        self._session.flush()


def edit_draft(
    session: Session, *, actor: Actor, slug: str, edits: int, at: datetime
) -> DraftEditor:
    """Lock the draft of the actor's course for a change of its outline.

    ``edits`` is the count the page was made with. Raises ``NotFound`` for strangers and
    ``Conflict`` where there is no draft or it changed since.
    """
    course = queries.editable_course(session, actor, slug)
    return DraftEditor(session, locked_draft(session, course, edits=edits), at)


def video_place(lesson: Lesson) -> Item:
    """Return the item that a video will fill."""
    return Item(
        revision_id=lesson.revision_id,
        lesson_id=lesson.id,
        key="video",
        kind=ItemKind.VIDEO,
        position=1,
        title={"zh": "看视频", "en": "Video"},
    )


def _require_title(title: Localized) -> None:
    fault = title_fault(title)
    if fault is not None:
        raise InvalidInput({"title_zh": fault})
