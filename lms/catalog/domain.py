"""Rules of revisions: their states, the order of an outline, keys, and what publication lacks."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import count

from lms.core.errors import Conflict, Message

# Stable for ever and part of addresses, so plain letters only.
KEY_PATTERN = re.compile(r"[A-Za-z0-9_-]{1,40}")
SLUG_PATTERN = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
MAX_SLUG = 60
# The final test: a lesson of its own that always closes the last module.
FINAL_KEY = "FINAL"
MAX_TITLE = 120
# A text of a lesson fills a few screens; a course folder takes no more.
MAX_TEXT_BYTES = 256 * 1024
# Drawings a course may wear; a picture of its own comes later.
COVERS = ("noodle", "law", "shop", "citrus", "tea", "phone", "parcel", "scale", "talk", "data")


def title_fault(title: Mapping[str, str]) -> Message | None:
    """Return what is wrong with a title: the Chinese one is needed, and none is a paragraph."""
    if not title.get("zh", "").strip():
        return Message("title_required", "Please write the Chinese title.")
    if any(len(words) > MAX_TITLE for words in title.values()):
        return Message(
            "title_too_long", "A title has %(most)s characters at most.", {"most": MAX_TITLE}
        )
    return None


class RevisionState(StrEnum):
    """Where a revision of a course stands; only drafts can be changed."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    PUBLISHED = "published"
    RETIRED = "retired"


class ItemKind(StrEnum):
    """What a learner does with an item."""

    VIDEO = "video"
    READING = "reading"
    PRACTICE = "practice"
    QUIZ = "quiz"


class Step(StrEnum):
    """Which way a module or lesson is moved."""

    UP = "up"
    DOWN = "down"


_STEPS = {Step.UP: -1, Step.DOWN: 1}

# Nothing comes back from published: who enrolled then keeps exactly what they enrolled for.
# A draft that is put aside is retired, not deleted.
TRANSITIONS: Mapping[RevisionState, frozenset[RevisionState]] = {
    RevisionState.DRAFT: frozenset(
        {RevisionState.IN_REVIEW, RevisionState.PUBLISHED, RevisionState.RETIRED}
    ),
    RevisionState.IN_REVIEW: frozenset(
        {RevisionState.DRAFT, RevisionState.PUBLISHED, RevisionState.RETIRED}
    ),
    RevisionState.PUBLISHED: frozenset({RevisionState.RETIRED}),
    RevisionState.RETIRED: frozenset(),
}


def changed_state(state: RevisionState, to: RevisionState) -> RevisionState:
    """Return ``to``. Raises ``Conflict`` where a revision never goes from one to the other."""
    if to not in TRANSITIONS[state]:
        raise Conflict(
            "revision_state",
            "This version is %(state)s and cannot become %(to)s.",
            state=state.value,
            to=to.value,
        )
    return to


@dataclass(frozen=True, slots=True)
class Branch:
    """A module and the keys of its lessons, in order."""

    key: str
    lessons: tuple[str, ...] = ()


Outline = tuple[Branch, ...]


def moved_module(outline: Outline, key: str, step: Step) -> Outline:
    """Return the outline with the module one place up or down; at the edge nothing changes."""
    keys = [branch.key for branch in outline]
    order = _swapped(keys, keys.index(key), step)
    by_key = {branch.key: branch for branch in outline}
    return final_last(tuple(by_key[name] for name in order))


def moved_lesson(outline: Outline, key: str, step: Step) -> Outline:
    """Return the outline with the lesson one place up or down, over module borders.

    A lesson at the edge of its module goes into the neighbouring one; the final test stays last.
    """
    if key == FINAL_KEY:
        return outline
    bare = _without(outline, FINAL_KEY)
    place = next(i for i, branch in enumerate(bare) if key in branch.lessons)
    lessons = bare[place].lessons
    order = _swapped(lessons, lessons.index(key), step)
    neighbour = place + _STEPS[step]
    if order != list(lessons):
        moved = _replaced(bare, place, order)
    elif 0 <= neighbour < len(bare):
        beside = bare[neighbour].lessons
        joined = (key, *beside) if step is Step.DOWN else (*beside, key)
        moved = _replaced(_without(bare, key), neighbour, joined)
    else:
        moved = bare
    return _with_final(moved) if _has_final(outline) else moved


def final_last(outline: Outline) -> Outline:
    """Return the outline with the final test, where there is one, at its very end."""
    return _with_final(_without(outline, FINAL_KEY)) if _has_final(outline) else outline


def _has_final(outline: Outline) -> bool:
    return any(FINAL_KEY in branch.lessons for branch in outline)


def _with_final(outline: Outline) -> Outline:
    return _replaced(outline, len(outline) - 1, (*outline[-1].lessons, FINAL_KEY))


def _without(outline: Outline, key: str) -> Outline:
    return tuple(
        Branch(branch.key, tuple(name for name in branch.lessons if name != key))
        for branch in outline
    )


def _replaced(outline: Outline, place: int, lessons: Sequence[str]) -> Outline:
    changed = Branch(outline[place].key, tuple(lessons))
    return (*outline[:place], changed, *outline[place + 1 :])


def _swapped(keys: Sequence[str], place: int, step: Step) -> list[str]:
    other = place + _STEPS[step]
    order = list(keys)
    if 0 <= other < len(order):
        order[place], order[other] = order[other], order[place]
    return order


def next_key(taken: Collection[str], prefix: str) -> str:
    """Return the first of ``L01``, ``L02`` … that no revision of the course ever used."""
    return next(key for n in count(1) if (key := f"{prefix}{n:02d}") not in taken)


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """How far the video of an item is; ``state`` as the media feature names it."""

    state: str | None
    captions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What publication asks of an item."""

    kind: ItemKind
    has_text: bool = False
    video: VideoFacts | None = None


@dataclass(frozen=True, slots=True)
class LessonFacts:
    """What publication asks of a lesson."""

    key: str
    number: int
    title: str
    items: tuple[ItemFacts, ...]


@dataclass(frozen=True, slots=True)
class CourseFacts:
    """What publication asks of a revision."""

    title: str
    summary: str
    lessons: tuple[LessonFacts, ...]
    empty_modules: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Gap:
    """One thing publication lacks; a gap that does not block is a piece of advice."""

    message: Message
    lesson_key: str | None = None
    blocks: bool = True


def missing_for_publication(course: CourseFacts) -> list[Gap]:
    """Return all that is missing, what blocks first."""
    gaps = [*_course_gaps(course)]
    for lesson in course.lessons:
        gaps += _lesson_gaps(lesson)
    return sorted(gaps, key=lambda gap: not gap.blocks)


def _course_gaps(course: CourseFacts) -> Iterable[Gap]:
    if not course.title.strip():
        yield Gap(Message("title_missing", "The course has no Chinese title yet."))
    if not course.summary.strip():
        yield Gap(Message("summary_missing", "The course has no introduction yet."))
    if not course.lessons:
        yield Gap(Message("lessons_missing", "The course has no lesson yet."))
    for number in course.empty_modules:
        yield Gap(
            Message(
                "module_empty",
                "Unit %(number)s has no lesson, so it is left out.",
                {"number": number},
            ),
            blocks=False,
        )


_NO_TITLE = Message("lesson_title_missing", "Lesson %(number)s has no Chinese title.")
_EMPTY = Message("lesson_empty", "Lesson %(number)s has nothing to learn in it yet.")
_CONVERTING = Message(
    "video_processing", "The video of lesson %(number)s is still being converted."
)
# By the state of the video; a ready one lacks its captions, which is advice alone.
_VIDEO_GAPS: Mapping[str | None, Message] = {
    None: Message("video_missing", "Lesson %(number)s has no video yet."),
    "failed": Message("video_failed", "The video of lesson %(number)s could not be converted."),
    "ready": Message("captions_missing", "The video of lesson %(number)s has no Chinese captions."),
}


def _lesson_gaps(lesson: LessonFacts) -> Iterable[Gap]:
    if not lesson.title.strip():
        yield _gap(lesson, _NO_TITLE)
    if not any(_is_there(item) for item in lesson.items):
        yield _gap(lesson, _EMPTY)
    for item in lesson.items:
        video = item.video or VideoFacts(None)
        if item.kind is ItemKind.VIDEO and not (video.state == "ready" and "zh" in video.captions):
            message = _VIDEO_GAPS.get(video.state, _CONVERTING)
            yield _gap(lesson, message, blocks=video.state != "ready")


def _gap(lesson: LessonFacts, message: Message, *, blocks: bool = True) -> Gap:
    numbered = Message(message.code, message.text, {"number": lesson.number})
    return Gap(numbered, lesson.key, blocks)


def _is_there(item: ItemFacts) -> bool:
    return item.has_text or item.kind in (ItemKind.VIDEO, ItemKind.QUIZ)
