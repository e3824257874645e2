"""The read model of a published revision: one frozen tree, loaded once and kept.

A published revision never changes, so every process may keep it; a page then asks the database
only about the person.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from threading import Lock

from sqlalchemy import URL, select
from sqlalchemy.orm import Session

from lms.catalog.models import (
    Course,
    Institution,
    Item,
    Lesson,
    Material,
    Module,
    Programme,
    Revision,
    RevisionState,
)
from lms.catalog.outline import CourseView, ItemView, LessonView, ModuleView
from lms.media.models import Asset

_KEPT = 256
Key = tuple[str | None, int | None, str | None, int]
Kept = tuple[CourseView, Mapping[int, ItemView]]


class _Kept:
    """The most recently used trees of this process, each with its items by id."""

    def __init__(self) -> None:
        self._trees: OrderedDict[Key, Kept] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Kept | None:
        with self._lock:
            kept = self._trees.get(key)
            if kept is not None:
                self._trees.move_to_end(key)
            return kept

    def put(self, key: Key, kept: Kept) -> None:
        with self._lock:
            self._trees[key] = kept
            while len(self._trees) > _KEPT:
                self._trees.popitem(last=False)


_kept = _Kept()


def revision_tree(session: Session, revision_id: int) -> CourseView:
    """Return the tree of a revision; published ones cost no statement the second time."""
    return tree_and_items(session, revision_id)[0]


def tree_and_items(session: Session, revision_id: int) -> Kept:
    """Return the tree of a revision as above, and its items by their id."""
    key = _key(session.get_bind().engine.url, revision_id)
    kept = _kept.get(key)
    if kept is not None:
        return kept
    state, tree = _load(session, revision_id)
    kept = (tree, {item.id: item for item in tree.items()})
    # A video that is still being prepared gets its hash later.
    is_whole = all(item.media_version or not item.asset_id for item in kept[1].values())
    if is_whole and state in (RevisionState.PUBLISHED, RevisionState.RETIRED):
        _kept.put(key, kept)
    return kept


def kept_tree(database: URL, revision_id: int) -> Kept | None:
    """Return the same where this process has it already."""
    return _kept.get(_key(database, revision_id))


def published_revisions(session: Session) -> list[int]:
    """Return the ids of all published revisions, by course."""
    return list(
        session.scalars(
            select(Revision.id)
            .where(Revision.state == RevisionState.PUBLISHED)
            .order_by(Revision.course_id)
        )
    )


def published_revision(session: Session, slug: str) -> int | None:
    """Return the id of the course's published revision."""
    return session.scalar(
        select(Revision.id)
        .join(Course, Course.id == Revision.course_id)
        .where(Course.slug == slug, Revision.state == RevisionState.PUBLISHED)
    )


def _key(database: URL, revision_id: int) -> Key:
    # Two databases in one process (tests) must not see each other's trees.
    return (database.host, database.port, database.database, revision_id)


def _load(session: Session, revision_id: int) -> tuple[str, CourseView]:
    revision, course, institution, programme = session.execute(
        select(Revision, Course, Institution, Programme)
        .join(Course, Course.id == Revision.course_id)
        .join(Institution, Institution.id == Course.institution_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(Revision.id == revision_id)
    ).one()
    tree = CourseView(
        course_id=course.id,
        slug=course.slug,
        revision_id=revision.id,
        number=revision.number,
        title=revision.title,
        summary=revision.summary,
        outcomes=tuple(revision.outcomes),
        cover=revision.cover,
        price_fen=course.price_fen,
        institution=institution.name,
        programme=programme.title if programme else None,
        programme_hours=programme.credit_hours if programme else None,
        modules=_modules(session, revision_id),
        programme_slug=programme.slug if programme else None,
    )
    return revision.state, tree


def _modules(session: Session, revision_id: int) -> tuple[ModuleView, ...]:
    modules = session.scalars(
        select(Module).where(Module.revision_id == revision_id).order_by(Module.position)
    ).all()
    lessons = session.scalars(
        select(Lesson).where(Lesson.revision_id == revision_id).order_by(Lesson.position)
    ).all()
    items = _items(session, revision_id)
    in_order = [lesson for module in modules for lesson in lessons if lesson.module_id == module.id]
    keys = {module.id: module.key for module in modules}
    views = [
        LessonView(
            id=lesson.id,
            key=lesson.key,
            number=number,
            title=lesson.title,
            minutes=lesson.minutes,
            objectives=tuple(lesson.objectives),
            module_key=keys[lesson.module_id],
            items=tuple(view for lesson_id, view in items if lesson_id == lesson.id),
        )
        for number, lesson in enumerate(in_order, start=1)
    ]
    return tuple(
        ModuleView(module.key, number, module.title, _of_module(views, module.key))
        for number, module in enumerate(modules, start=1)
    )


def _of_module(lessons: Iterable[LessonView], key: str) -> tuple[LessonView, ...]:
    return tuple(lesson for lesson in lessons if lesson.module_key == key)


def _items(session: Session, revision_id: int) -> list[tuple[int, ItemView]]:
    rows = session.execute(
        select(
            *(Item.id, Item.key, Item.kind, Item.title, Item.is_required, Item.lesson_id),
            *(Item.material_id, Item.asset_id, Item.quiz_id, Item.captions),
            *(Lesson.key.label("lesson_key"), Material.duration_ms, Asset.version),
        )
        .join(Lesson, Lesson.id == Item.lesson_id)
        .outerjoin(Material, Material.id == Item.material_id)
        .outerjoin(Asset, Asset.id == Material.asset_id)
        .where(Item.revision_id == revision_id)
        .order_by(Item.position)
    )
    return [
        (
            row.lesson_id,
            ItemView(
                id=row.id,
                key=row.key,
                kind=row.kind,
                title=row.title,
                is_required=row.is_required,
                lesson_key=row.lesson_key,
                material_id=row.material_id,
                duration_ms=row.duration_ms or 0,
                asset_id=row.asset_id,
                quiz_id=row.quiz_id,
                # Chinese first: it is what most people read.
                media_version=row.version,
                captions=row.captions and dict(sorted(row.captions.items(), reverse=True)),
            ),
        )
        for row in rows
    ]
