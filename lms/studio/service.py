"""Makes lessons of files: one each, in the order of their names, and never a second time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from lms.catalog import queries as catalog_queries
from lms.catalog import service as catalog
from lms.catalog.models import Item, Lesson
from lms.core.access import Actor
from lms.core.errors import Conflict, NotFound
from lms.media.service import MAX_BYTES
from lms.studio import queries
from lms.studio.domain import Chosen, Plan, PlannedLesson, plan_lessons, standing_lessons


@dataclass(frozen=True, slots=True)
class MadeLesson:
    """A planned lesson as it stands in the draft.

    ``has_video`` where this very file is there already, ``languages`` are those of the captions
    that are there, ``coming`` is what of the person's is on its way to it.
    """

    planned: PlannedLesson
    lesson: Lesson
    item: Item
    has_video: bool
    coming: queries.Unfinished | None
    languages: frozenset[str]


@dataclass(frozen=True, slots=True)
class Made:
    """What became of the chosen files; ``edits`` is the draft's count now."""

    plan: Plan
    lessons: tuple[MadeLesson, ...]
    edits: int


def lessons_from_files(
    session: Session, *, actor: Actor, slug: str, chosen: Chosen, at: datetime
) -> Made:
    """Give each video among the files a lesson of the draft: one that waits for it, or a new one.

    Raises ``NotFound`` for strangers, ``Conflict`` where there is no draft, it has no unit, or new
    lessons are to be made and it changed since the page was loaded.
    """
    plan = plan_lessons(chosen.files, most_bytes=MAX_BYTES)
    course = catalog_queries.editable_course(session, actor, slug)
    draft = catalog.locked_draft(session, course)
    rows = catalog_queries.rows_of(session, draft)
    unfinished = queries.unfinished_by_place(session, course.id, owner_id=actor.person_id)
    before = queries.standing(session, rows, unfinished)
    keys = dict(standing_lessons(plan, chosen.files, before))
    new = [planned for planned in plan.lessons if planned.file not in keys]
    if new:
        editor = catalog.edit_draft(session, actor=actor, slug=slug, edits=chosen.edits, at=at)
        titles = [{"zh": planned.title} for planned in new]
        made = editor.add_lessons(_module(rows, chosen.module), titles)
        keys |= dict(zip((planned.file for planned in new), made, strict=True))
    there = {
        key
        for lesson in before
        for file, key in keys.items()
        if key == lesson.key and lesson.has(chosen.files[file])
    }
    rows = catalog_queries.rows_of(session, draft)
    lessons = tuple(
        _made(rows, planned, keys[planned.file], there, unfinished) for planned in plan.lessons
    )
    return Made(plan, lessons, draft.edits)


def _module(rows: catalog_queries.RevisionRows, wanted: str | None) -> str:
    if not rows.modules:
        raise Conflict(
            "modules_missing", "This course has no unit yet. Add one, then choose the files again."
        )
    return wanted or rows.modules[-1].module.key


def _made(
    rows: catalog_queries.RevisionRows,
    planned: PlannedLesson,
    key: str,
    there: set[str],
    unfinished: Mapping[queries.Place, queries.Unfinished],
) -> MadeLesson:
    entry = catalog_queries.lesson_rows(rows, key)
    item = queries.video_item(entry)
    if item is None:
        raise NotFound
    facts = rows.assets.get(item.asset_id or "")
    return MadeLesson(
        planned=planned,
        lesson=entry.lesson,
        item=item,
        has_video=key in there,
        coming=unfinished.get((key, item.key)),
        languages=frozenset(facts.captions if facts else ()),
    )
