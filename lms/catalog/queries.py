"""Reads courses for those who may edit them; every query starts from the actor's scopes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session, aliased

from lms.catalog.domain import (
    Branch,
    CourseFacts,
    Gap,
    ItemFacts,
    ItemKind,
    LessonFacts,
    Outline,
    RevisionState,
    VideoFacts,
    missing_for_publication,
)
from lms.catalog.models import Course, Institution, Item, Lesson, Module, Revision
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.media.queries import AssetFacts, asset_facts

OPEN = (RevisionState.DRAFT, RevisionState.IN_REVIEW)


@dataclass(frozen=True, slots=True)
class CourseLine:
    """A course in an editor's list; the title is that of the newest version."""

    slug: str
    title: Localized
    institution: Localized
    cover: str
    has_draft: bool
    is_published: bool
    edited_at: datetime


@dataclass(frozen=True, slots=True)
class LessonRows:
    """A lesson of a revision with its items in order and its number, counted from 1."""

    number: int
    lesson: Lesson
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class ModuleRows:
    """A module of a revision with its lessons in order."""

    module: Module
    lessons: tuple[LessonRows, ...]


@dataclass(frozen=True, slots=True)
class RevisionRows:
    """A whole revision as its editor sees it, with the facts of its videos by asset id."""

    revision: Revision
    modules: tuple[ModuleRows, ...]
    assets: dict[str, AssetFacts]

    @property
    def lessons(self) -> list[LessonRows]:
        """Return the lessons of all modules in order."""
        return [lesson for module in self.modules for lesson in module.lessons]

    @property
    def outline(self) -> Outline:
        """Return modules and lessons as keys."""
        return tuple(
            Branch(rows.module.key, tuple(entry.lesson.key for entry in rows.lessons))
            for rows in self.modules
        )

    @property
    def gaps(self) -> list[Gap]:
        """Return what publication lacks."""
        return missing_for_publication(_facts(self))


def editable_courses(session: Session, actor: Actor) -> list[CourseLine]:
    """Return the courses the actor may edit, last edited first."""
    rows = session.execute(
        select(Course, Institution.name, Revision)
        .join(Institution, Institution.id == Course.institution_id)
        .join(Revision, Revision.course_id == Course.id)
        .where(_in_scopes(actor.scopes_for(Permission.COURSE_EDIT)))
        .order_by(Course.id, Revision.number)
    ).all()
    by_course: dict[int, list[tuple[Course, Localized, Revision]]] = {}
    for course, institution, revision in rows:
        by_course.setdefault(course.id, []).append((course, institution, revision))
    lines = [_line(found) for found in by_course.values()]
    return sorted(lines, key=lambda line: line.edited_at, reverse=True)


def editable_course(
    session: Session,
    actor: Actor,
    slug: str,
    permission: Permission = Permission.COURSE_EDIT,
) -> Course:
    """Return the course. Raises ``NotFound`` where the actor may not do this with it."""
    scopes = actor.scopes_for(permission)
    course = session.scalar(
        select(Course)
        .join(Institution, Institution.id == Course.institution_id)
        .where(Course.slug == slug, _in_scopes(scopes))
    )
    if course is None:
        raise NotFound("course_not_found", "We cannot find this course among yours.")
    return course


def institutions_for_courses(session: Session, actor: Actor) -> Sequence[Institution]:
    """Return the institutions in which the actor may start a course."""
    scopes = actor.scopes_for(Permission.COURSE_EDIT)
    wanted = _institutions_in(scopes)
    return session.scalars(select(Institution).where(wanted).order_by(Institution.id)).all()


def draft_of(session: Session, course_id: int) -> Revision | None:
    """Return the revision of the course that can still be changed."""
    return session.scalar(
        select(Revision).where(Revision.course_id == course_id, Revision.state.in_(OPEN))
    )


def published_of(session: Session, course_id: int) -> Revision | None:
    """Return the revision learners who enroll now get."""
    return session.scalar(
        select(Revision).where(
            Revision.course_id == course_id, Revision.state == RevisionState.PUBLISHED
        )
    )


def newest_of(session: Session, course_id: int) -> Revision:
    """Return the revision an editor wants to see: the draft, else the newest of all."""
    newest = (
        select(Revision).where(Revision.course_id == course_id).order_by(Revision.number.desc())
    )
    return draft_of(session, course_id) or session.scalars(newest.limit(1)).one()


def rows_of(session: Session, revision: Revision) -> RevisionRows:
    """Return the whole revision, in a handful of statements however long it is."""
    modules = session.scalars(
        select(Module).where(Module.revision_id == revision.id).order_by(Module.position)
    ).all()
    lessons = session.scalars(
        select(Lesson).where(Lesson.revision_id == revision.id).order_by(Lesson.position)
    ).all()
    items = session.scalars(
        select(Item).where(Item.revision_id == revision.id).order_by(Item.position)
    ).all()
    tree = []
    number = 0
    for module in modules:
        entries = []
        for lesson in (entry for entry in lessons if entry.module_id == module.id):
            number += 1
            own = tuple(item for item in items if item.lesson_id == lesson.id)
            entries.append(LessonRows(number, lesson, own))
        tree.append(ModuleRows(module, tuple(entries)))
    assets = asset_facts(session, [item.asset_id for item in items if item.asset_id])
    return RevisionRows(revision, tuple(tree), assets)


def lesson_rows(rows: RevisionRows, lesson_key: str) -> LessonRows:
    """Return one lesson of the revision. Raises ``NotFound`` where it has none of this key."""
    for entry in rows.lessons:
        if entry.lesson.key == lesson_key:
            return entry
    raise NotFound("lesson_not_found", "This version of the course has no such lesson.")


def keys_ever_used(session: Session, course_id: int) -> set[str]:
    """Return every module and lesson key of all revisions; progress hangs on them for ever."""
    keys: set[str] = set()
    for model in (Module, Lesson):
        keys |= set(
            session.scalars(
                select(model.key)
                .join(Revision, Revision.id == model.revision_id)
                .where(Revision.course_id == course_id)
            )
        )
    return keys


def item_in_all_versions(item_id: int) -> Select[int]:
    """Return the ids of the item in every revision of its course."""
    own, own_lesson, own_revision = aliased(Item), aliased(Lesson), aliased(Revision)
    return (
        select(Item.id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .join(Revision, Revision.id == Item.revision_id)
        .join(own_revision, own_revision.course_id == Revision.course_id)
        .join(own, own.revision_id == own_revision.id)
        .join(own_lesson, own_lesson.id == own.lesson_id)
        .where(own.id == item_id, own.key == Item.key, own_lesson.key == Lesson.key)
    )


def _line(found: Sequence[tuple[Course, Localized, Revision]]) -> CourseLine:
    course, institution, newest = found[-1]
    states = {revision.state for _, _, revision in found}
    return CourseLine(
        slug=course.slug,
        title=newest.title,
        institution=institution,
        cover=newest.cover,
        has_draft=bool(states & set(OPEN)),
        is_published=RevisionState.PUBLISHED in states,
        edited_at=newest.edited_at or newest.created_at,
    )


def _in_scopes(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    courses = [int(scope.id) for scope in scopes if scope.kind is ScopeKind.COURSE]
    return or_(_institutions_in(scopes), Course.id.in_(courses))


def _institutions_in(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return true()
    own = [int(scope.id) for scope in scopes if scope.kind is ScopeKind.INSTITUTION]
    counties = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    return or_(false(), Institution.id.in_(own), Institution.county_code.in_(counties))


def _facts(rows: RevisionRows) -> CourseFacts:
    return CourseFacts(
        title=rows.revision.title.get("zh", ""),
        summary=rows.revision.summary.get("zh", ""),
        lessons=tuple(
            LessonFacts(
                key=entry.lesson.key,
                number=entry.number,
                title=entry.lesson.title.get("zh", ""),
                items=tuple(_item_facts(item, rows.assets) for item in entry.items),
            )
            for entry in rows.lessons
        ),
        empty_modules=tuple(
            number for number, branch in enumerate(rows.modules, 1) if not branch.lessons
        ),
    )


def _item_facts(item: Item, assets: dict[str, AssetFacts]) -> ItemFacts:
    asset = assets.get(item.asset_id or "")
    video = VideoFacts(asset.state, frozenset(asset.captions)) if asset else None
    return ItemFacts(ItemKind(item.kind), bool((item.body or {}).get("zh", "").strip()), video)
