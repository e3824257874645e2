"""Reads what is said in the videos of a course, one of them or all."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from lms.catalog.models import ItemKind
from lms.catalog.outline import CourseView, ItemView, LessonView
from lms.media import queries as media_queries
from lms.media.domain.transcript import Found, find
from lms.media.queries import Transcript


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a course the words looked for were found."""

    lesson: LessonView
    item: ItemView
    found: Found


@dataclass(frozen=True, slots=True)
class CourseTexts:
    """The languages in which a course's videos can be searched, and what was found."""

    language: str
    languages: tuple[str, ...]
    places: tuple[Place, ...]


def transcript(session: Session, item: ItemView, language: str) -> Transcript | None:
    """Return what is said in a video, as the learner's revision came out with it."""
    return media_queries.transcripts(session, [(item.asset_id or "", item.captions)], language)[0]


def search_course(
    session: Session, course: CourseView, *, words: Sequence[str], language: str
) -> CourseTexts:
    """Return where the folded words are said in the videos of a revision, in its order."""
    videos = [
        (lesson, item)
        for lesson in course.lessons
        for item in lesson.items
        if item.kind == ItemKind.VIDEO and item.asset_id
    ]
    wanted = [(item.asset_id or "", item.captions) for _, item in videos]
    texts = media_queries.transcripts(session, wanted, language)
    languages = sorted({code for text in texts if text for code in text.languages}, reverse=True)
    chosen = language if language in languages else next(iter(languages), language)
    return CourseTexts(
        chosen,
        tuple(languages),
        tuple(
            Place(lesson, item, found)
            for (lesson, item), text in zip(videos, texts, strict=True)
            if text and text.language == chosen and words
            for found in find(text.paragraphs, words)
        ),
    )
