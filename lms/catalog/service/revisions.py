"""Starts courses and their revisions, publishes them and puts drafts aside."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar, cast

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import Session

from lms.audit.service import record
from lms.catalog import queries
from lms.catalog.domain import (
    COVERS,
    MAX_SLUG,
    SLUG_PATTERN,
    ItemKind,
    RevisionState,
    changed_state,
    title_fault,
)
from lms.catalog.models import Course, Institution, Item, Lesson, Material, Module, Revision
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, InvalidInput, Message
from lms.db.base import Localized

_Row = TypeVar("_Row", Module, Lesson, Item)


@dataclass(frozen=True, slots=True)
class Timed:
    """What a material is known by; ``duration_ms`` is the most it may earn."""

    course_id: int
    lesson_key: str
    item_key: str
    kind: ItemKind
    duration_ms: int
    asset_id: str | None = None


@dataclass(frozen=True, slots=True)
class NewCourse:
    """What a person types to start a course."""

    slug: str
    title: Localized
    institution_slug: str


@dataclass(frozen=True, slots=True)
class RevisionWords:
    """What a new revision says of itself, and where it comes from."""

    title: Localized
    summary: Localized
    outcomes: tuple[Localized, ...]
    cover: str
    origin: str
    source_hash: str | None = None


def material_for(session: Session, timed: Timed) -> Material:
    """Return the material, made where no revision had this content yet.

    The caller holds the lock on the course's draft, so nobody makes the same one at once.
    Raises ``Conflict`` where the key belonged to an item of another kind.
    """
    same_content = (
        Material.asset_id == timed.asset_id
        if timed.asset_id
        else (Material.asset_id.is_(None) & (Material.duration_ms == timed.duration_ms))
    )
    found = session.scalar(
        select(Material).where(
            Material.course_id == timed.course_id,
            Material.lesson_key == timed.lesson_key,
            Material.item_key == timed.item_key,
            same_content,
        )
    )
    if found is not None:
        return _same_kind(found, timed)
    made = Material(
        course_id=timed.course_id,
        lesson_key=timed.lesson_key,
        item_key=timed.item_key,
        kind=timed.kind,
        asset_id=timed.asset_id,
        duration_ms=timed.duration_ms,
    )
    session.add(made)
    session.flush()
    return made


def _same_kind(found: Material, timed: Timed) -> Material:
    if found.kind != timed.kind:
        raise Conflict(
            "item_kind_changed",
            "Item %(item)s of lesson %(lesson)s was of another kind before. Give it a new key.",
            lesson=timed.lesson_key,
            item=timed.item_key,
        )
    return found


def create_course(session: Session, *, actor: Actor, new: NewCourse, at: datetime) -> Course:
    """Start a course with an empty draft in one of the actor's institutions.

    Raises ``InvalidInput`` naming each field that does not fit.
    """
    allowed = {row.slug: row for row in queries.institutions_for_courses(session, actor)}
    taken = session.scalar(select(Course.id).where(Course.slug == new.slug)) is not None
    faults = _faults(new, allowed, is_taken=taken)
    if faults:
        raise InvalidInput(faults)
    course = Course(slug=new.slug, institution_id=allowed[new.institution_slug].id, created_at=at)
    session.add(course)
    session.flush()
    words = RevisionWords(new.title, {"zh": ""}, (), COVERS[0], origin="studio")
    add_revision(session, course=course, words=words, at=at)
    return course


def _faults(
    new: NewCourse, allowed: Mapping[str, Institution], *, is_taken: bool
) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    if not SLUG_PATTERN.fullmatch(new.slug) or len(new.slug) > MAX_SLUG:
        faults["slug"] = Message(
            "slug_malformed", "Use small letters, digits and hyphens, at most 60 of them."
        )
    elif is_taken:
        faults["slug"] = Message("slug_taken", "Another course has this address. Choose another.")
    fault = title_fault(new.title)
    if fault is not None:
        faults["title_zh"] = fault
    if new.institution_slug not in allowed:
        faults["institution"] = Message("institution_unknown", "Please choose your institution.")
    return faults


def add_revision(
    session: Session, *, course: Course, words: RevisionWords, at: datetime
) -> Revision:
    """Add the course's next revision as an empty draft; the course's row is locked for it."""
    session.scalar(select(Course.id).where(Course.id == course.id).with_for_update())
    last = session.scalar(select(func.max(Revision.number)).where(Revision.course_id == course.id))
    revision = Revision(
        course_id=course.id,
        number=(last or 0) + 1,
        state=RevisionState.DRAFT,
        title=words.title,
        summary=words.summary,
        outcomes=list(words.outcomes),
        cover=words.cover,
        origin=words.origin,
        source_hash=words.source_hash,
        created_at=at,
    )
    session.add(revision)
    session.flush()
    return revision


def open_draft(session: Session, *, actor: Actor, slug: str, at: datetime) -> Revision:
    """Return the course's draft, copied from the newest revision where there is none."""
    course = queries.editable_course(session, actor, slug)
    session.scalar(select(Course.id).where(Course.id == course.id).with_for_update())
    draft = queries.draft_of(session, course.id)
    if draft is not None:
        return draft
    source = queries.published_of(session, course.id) or queries.newest_of(session, course.id)
    words = RevisionWords(
        source.title, source.summary, tuple(source.outcomes), source.cover, origin="studio"
    )
    draft = add_revision(session, course=course, words=words, at=at)
    _copy_tree(session, source, draft)
    return draft


def _copy_tree(session: Session, source: Revision, draft: Revision) -> None:
    """Copy modules, lessons and items; keys and materials stay, so nobody's progress moves."""
    for branch in queries.rows_of(session, source).modules:
        module = _copied(session, branch.module, revision_id=draft.id)
        for entry in branch.lessons:
            lesson = _copied(
                session, entry.lesson, revision_id=draft.id, module_id=module.id, edits=0
            )
            for item in entry.items:
                # A draft shows the newest captions; publishing settles which those are.
                own = {"revision_id": draft.id, "lesson_id": lesson.id, "captions": None}
                _copied(session, item, **own)


def _copied(session: Session, row: _Row, **changes: int | None) -> _Row:
    values: dict[str, object] = {
        column.key: getattr(row, column.key)
        for column in inspect(type(row)).column_attrs
        if column.key != "id"
    }
    copy = type(row)(**{**values, **changes})
    session.add(copy)
    session.flush()
    return copy


def publish(session: Session, *, actor: Actor, slug: str, edits: int, at: datetime) -> Revision:
    """Publish the course's draft; those enrolled before keep the revision they have.

    Raises ``Conflict`` where the draft changed since the page was made, or lacks something.
    """
    course = queries.editable_course(session, actor, slug, Permission.COURSE_PUBLISH)
    draft = locked_draft(session, course, edits=edits)
    publish_draft(session, course=course, draft=draft, at=at)
    record(
        session,
        actor_id=actor.person_id,
        action="course.published",
        subject=f"course:{course.slug}",
        details={"revision": draft.number},
        at=at,
    )
    return draft


def publish_draft(session: Session, *, course: Course, draft: Revision, at: datetime) -> None:
    """Publish the draft and retire what was published. Raises ``Conflict`` for what it lacks."""
    rows = queries.rows_of(session, draft)
    for gap in rows.gaps:
        if gap.blocks:
            raise Conflict(gap.message.code, gap.message.text, **gap.message.params)
    _drop_empty_modules(session, rows)
    _settle_videos(session, course, rows)
    session.flush()
    before = queries.published_of(session, course.id)
    if before is not None:
        before.state = changed_state(RevisionState(before.state), RevisionState.RETIRED)
        # One published revision a course: the old one has to go before the new one comes.
        session.flush()
    draft.state = changed_state(RevisionState(draft.state), RevisionState.PUBLISHED)
    draft.published_at = at
    session.flush()


def _drop_empty_modules(session: Session, rows: queries.RevisionRows) -> None:
    for branch in rows.modules:
        if not branch.lessons:
            session.delete(branch.module)


def _settle_videos(session: Session, course: Course, rows: queries.RevisionRows) -> None:
    """Tie each video to its material, by whose length learning is measured, and its captions."""
    for entry in rows.lessons:
        for item in entry.items:
            if item.kind != ItemKind.VIDEO:
                continue
            facts = rows.assets[cast(str, item.asset_id)]
            timed = Timed(
                course.id,
                entry.lesson.key,
                item.key,
                ItemKind.VIDEO,
                cast(int, facts.duration_ms),
                item.asset_id,
            )
            item.material_id = material_for(session, timed).id
            item.captions = dict(facts.captions)


def put_aside(session: Session, *, draft: Revision) -> None:
    """Retire a draft that another revision replaces; its rows stay."""
    draft.state = changed_state(RevisionState(draft.state), RevisionState.RETIRED)
    session.flush()


def locked_draft(session: Session, course: Course, *, edits: int | None = None) -> Revision:
    """Lock and return the draft; ``edits`` is the count the page was made with.

    Raises ``Conflict`` where there is no draft, or where it changed since.
    """
    draft = queries.draft_of(session, course.id)
    if draft is None:
        raise Conflict(
            "no_draft", "This version is published and stays as it is. Start a new version first."
        )
    session.refresh(draft, with_for_update=True)
    if edits is not None and draft.edits != edits:
        raise Conflict(
            "draft_changed",
            "Someone changed this course meanwhile. Nothing is lost: load the page again and "
            "repeat your last step.",
        )
    return draft
