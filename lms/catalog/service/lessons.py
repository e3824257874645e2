"""Changes one lesson of a draft: its words, its texts and its video."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.catalog import queries
from lms.catalog.domain import MAX_TEXT_BYTES, ItemKind, title_fault
from lms.catalog.models import Course, Item, Lesson, Revision
from lms.catalog.service.drafts import video_place
from lms.catalog.service.revisions import Timed, locked_draft, material_for
from lms.core.access import Actor
from lms.core.errors import Conflict, InvalidInput, Message, NotFound
from lms.db.base import Localized

# The keys and titles of items made in the studio, one of each kind.
_NEW_TEXTS: dict[ItemKind, tuple[str, Localized]] = {
    ItemKind.READING: ("text", {"zh": "读一读", "en": "Reading"}),
    ItemKind.PRACTICE: ("practice", {"zh": "做一做", "en": "Practice"}),
}
_MAX_MINUTES = 600
_MINUTE_MS = 60_000
_MINUTES = Message(
    "minutes_out_of_range", "Please give whole minutes from 1 to %(most)s.", {"most": _MAX_MINUTES}
)


@dataclass(frozen=True, slots=True)
class TextWords:
    """A reading or practice text and the most minutes it may earn; no Chinese = no such item."""

    body: Localized
    minutes: int


@dataclass(frozen=True, slots=True)
class LessonWords:
    """All a lesson says in words; ``texts`` by the item's key, or by its kind for a new one."""

    title: Localized
    objectives: tuple[Localized, ...]
    minutes: int
    texts: dict[str, TextWords] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LessonPlace:
    """Which lesson of which course of the actor's a page edits."""

    actor: Actor
    slug: str
    lesson_key: str


def edit_lesson(
    session: Session, *, place: LessonPlace, words: LessonWords, edits: int, at: datetime
) -> None:
    """Write the lesson's words; ``edits`` is the count the page was made with.

    Raises ``NotFound`` for strangers, ``Conflict`` where the lesson changed since and
    ``InvalidInput`` naming each field that does not fit.
    """
    course, entry = _locked_lesson(session, place, at)
    lesson = entry.lesson
    if lesson.edits != edits:
        raise Conflict(
            "lesson_changed",
            "Someone saved this lesson meanwhile. Your words are still here, not saved yet. "
            "Compare them with the saved lesson, then save again.",
        )
    _check(words)
    lesson.title = words.title
    lesson.objectives = list(words.objectives)
    lesson.minutes = words.minutes
    lesson.edits += 1
    for name, text in words.texts.items():
        _write_text(session, course, entry, name, text)
    session.flush()


def attach_asset(
    session: Session, *, place: LessonPlace, item_key: str, asset_id: str, at: datetime
) -> None:
    """Make the asset the video of the item; its material follows when the draft is published."""
    _course, entry = _locked_lesson(session, place, at)
    item = _video(entry, item_key)
    item.asset_id = asset_id
    item.material_id = None
    session.flush()


def place_of_item(session: Session, *, actor: Actor, item_id: int) -> tuple[LessonPlace, str]:
    """Return where in the actor's draft the video item stands, and its key.

    An item that was published meanwhile is looked for in the draft made of it. Raises ``NotFound``
    for strangers and where no draft has it.
    """
    named = session.execute(
        select(Course.slug, Lesson.key.label("lesson"), Item.key)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .join(Revision, Revision.id == Item.revision_id)
        .join(Course, Course.id == Revision.course_id)
        .where(Item.id == item_id)
    ).one_or_none()
    if named is None:
        raise NotFound("item_not_found", "This lesson has no such video.")
    place = LessonPlace(actor, named.slug, named.lesson)
    draft_video(session, place=place, item_key=named.key)
    return place, named.key


def replace_in_drafts(session: Session, *, asset_id: str, by: str) -> None:
    """Put one asset in another's place wherever it can still be changed."""
    drafts = select(Revision.id).where(Revision.state.in_(queries.OPEN))
    session.execute(
        update(Item)
        .where(Item.asset_id == asset_id, Item.revision_id.in_(drafts))
        .values(asset_id=by)
    )


def add_video(session: Session, *, place: LessonPlace, at: datetime) -> None:
    """Give a lesson without a video a place for one, before everything else."""
    _course, entry = _locked_lesson(session, place, at)
    if any(item.kind == ItemKind.VIDEO for item in entry.items):
        return
    for item in entry.items:
        item.position += 1
    session.add(video_place(entry.lesson))
    session.flush()


def remove_video(session: Session, *, place: LessonPlace, item_key: str, at: datetime) -> None:
    """Take the video out of the draft's lesson; the file stays in the media store."""
    _course, entry = _locked_lesson(session, place, at)
    session.delete(_video(entry, item_key))
    session.flush()


def draft_video(session: Session, *, place: LessonPlace, item_key: str) -> Item:
    """Return the video item of the actor's draft. Raises ``NotFound`` where there is none."""
    course = queries.editable_course(session, place.actor, place.slug)
    rows = queries.rows_of(session, locked_draft(session, course))
    return _video(queries.lesson_rows(rows, place.lesson_key), item_key)


def _locked_lesson(
    session: Session, place: LessonPlace, at: datetime
) -> tuple[Course, queries.LessonRows]:
    course = queries.editable_course(session, place.actor, place.slug)
    draft = locked_draft(session, course)
    draft.edited_at = at
    return course, queries.lesson_rows(queries.rows_of(session, draft), place.lesson_key)


def _video(entry: queries.LessonRows, item_key: str) -> Item:
    for item in entry.items:
        if item.key == item_key and item.kind == ItemKind.VIDEO:
            return item
    raise NotFound("item_not_found", "This lesson has no such video.")


def _check(words: LessonWords) -> None:
    faults: dict[str, Message] = {}
    title = title_fault(words.title)
    if title is not None:
        faults["title_zh"] = title
    if not 1 <= words.minutes <= _MAX_MINUTES:
        faults["minutes"] = _MINUTES
    for name, text in words.texts.items():
        faults |= _text_faults(name, text)
    if faults:
        raise InvalidInput(faults)


def _text_faults(name: str, text: TextWords) -> dict[str, Message]:
    faults: dict[str, Message] = {}
    chinese, english = (text.body.get(code, "").strip() for code in ("zh", "en"))
    if chinese and not 1 <= text.minutes <= _MAX_MINUTES:
        faults[f"minutes-{name}"] = _MINUTES
    if english and not chinese:
        faults[f"body-{name}-zh"] = Message(
            "chinese_required", "Please write the Chinese text too; everyone can read it."
        )
    for code, words in (("zh", chinese), ("en", english)):
        if len(words.encode()) > MAX_TEXT_BYTES:
            faults[f"body-{name}-{code}"] = Message(
                "text_too_long",
                "This text is too long. Split the lesson in two; %(most)s KB is the most.",
                {"most": MAX_TEXT_BYTES // 1024},
            )
    return faults


def _write_text(
    session: Session, course: Course, entry: queries.LessonRows, name: str, text: TextWords
) -> None:
    """Write one text: into the item of this key, or into a new one of this kind."""
    item = next((item for item in entry.items if item.key == name), None)
    has_words = bool(text.body.get("zh", "").strip())
    if item is not None and not has_words:
        session.delete(item)
        return
    if not has_words:
        return
    if item is None:
        item = _new_text(entry, ItemKind(name))
        session.add(item)
    item.body = text.body
    timed = Timed(
        course.id, entry.lesson.key, item.key, ItemKind(item.kind), text.minutes * _MINUTE_MS
    )
    item.material_id = material_for(session, timed).id


def _new_text(entry: queries.LessonRows, kind: ItemKind) -> Item:
    key, title = _NEW_TEXTS[kind]
    is_taken = any(item.key == key for item in entry.items)
    return Item(
        revision_id=entry.lesson.revision_id,
        lesson_id=entry.lesson.id,
        key=f"{key}-2" if is_taken else key,
        kind=kind,
        position=max((item.position for item in entry.items), default=0) + 1,
        title=title,
    )
