"""Reads the course on the bench and one of its lessons."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Question, Quiz
from lms.catalog import queries as catalog
from lms.catalog.domain import Gap, ItemKind, RevisionState
from lms.catalog.models import Course, Item, Lesson, Material
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.media.queries import AssetFacts
from lms.studio.queries.sent import Place, Unfinished, Waiting, unfinished_by_place

_MINUTE_MS = 60_000
_NEW_MINUTES = {ItemKind.READING: 5, ItemKind.PRACTICE: 15}
_TEXTS = (ItemKind.READING, ItemKind.PRACTICE)


@dataclass(frozen=True, slots=True)
class Bench:
    """A course as its instructor works on it: the draft where there is one."""

    course: Course
    rows: catalog.RevisionRows
    is_published: bool
    may_publish: bool
    question_counts: dict[int, int]
    unfinished: Mapping[Place, Unfinished]

    @property
    def is_draft(self) -> bool:
        """Tell whether what is shown can be changed."""
        return self.rows.revision.state == RevisionState.DRAFT

    @property
    def blocking(self) -> list[Gap]:
        """Return what has to be done before publication."""
        return [gap for gap in self.rows.gaps if gap.blocks]

    @property
    def waiting(self) -> list[Waiting]:
        """Return the lessons that wait for a video, in order."""
        return [
            Waiting(entry, item, self.unfinished.get((entry.lesson.key, item.key)))
            for entry in self.rows.lessons
            for item in entry.items
            if item.kind == ItemKind.VIDEO and item.asset_id is None
        ]

    def questions_of(self, entry: catalog.LessonRows) -> int:
        """Return how many questions the lesson's quizzes hold."""
        return sum(self.question_counts.get(item.quiz_id or 0, 0) for item in entry.items)

    def video_of(self, entry: catalog.LessonRows) -> AssetFacts | None:
        """Return the facts of the lesson's first video that has a file."""
        assets = (self.rows.assets.get(item.asset_id or "") for item in entry.items)
        return next((facts for facts in assets if facts), None)


@dataclass(frozen=True, slots=True)
class TextSlot:
    """A place for a text in the lesson's form; ``item`` is ``None`` where there is none yet."""

    name: str
    kind: ItemKind
    item: Item | None
    minutes: int


@dataclass(frozen=True, slots=True)
class LessonBench:
    """One lesson on the bench."""

    bench: Bench
    entry: catalog.LessonRows
    slots: tuple[TextSlot, ...]

    @property
    def lesson(self) -> Lesson:
        """Return the lesson's row."""
        return self.entry.lesson

    @property
    def videos(self) -> list[tuple[Item, AssetFacts | None]]:
        """Return the lesson's video items with what is known of their files."""
        return [
            (item, self.bench.rows.assets.get(item.asset_id or ""))
            for item in self.entry.items
            if item.kind == ItemKind.VIDEO
        ]

    def video(self, key: str) -> tuple[Item, AssetFacts | None]:
        """Return the lesson's video with the key. Raises ``NotFound``."""
        for item, facts in self.videos:
            if item.key == key:
                return item, facts
        raise NotFound("item_not_found", "This lesson has no such video.")

    @property
    def gaps(self) -> list[Gap]:
        """Return what publication lacks in this lesson."""
        return [gap for gap in self.bench.rows.gaps if gap.lesson_key == self.lesson.key]

    @property
    def slot_names(self) -> list[str]:
        """Return the names of the text places."""
        return [slot.name for slot in self.slots]

    @property
    def neighbours(self) -> tuple[Lesson | None, Lesson | None]:
        """Return the lessons before and after this one."""
        lessons = [None, *(entry.lesson for entry in self.bench.rows.lessons), None]
        place = lessons.index(self.lesson)
        return lessons[place - 1], lessons[place + 1]


def bench(session: Session, actor: Actor, slug: str) -> Bench:
    """Return the actor's course. Raises ``NotFound`` for anyone else's."""
    course = catalog.editable_course(session, actor, slug)
    rows = catalog.rows_of(session, catalog.newest_of(session, course.id))
    return Bench(
        course=course,
        rows=rows,
        is_published=catalog.published_of(session, course.id) is not None,
        may_publish=actor.may(Permission.COURSE_PUBLISH),
        question_counts=_question_counts(session, rows),
        unfinished=unfinished_by_place(session, course.id, owner_id=actor.person_id),
    )


def lesson_bench(session: Session, actor: Actor, slug: str, lesson_key: str) -> LessonBench:
    """Return a lesson of the actor's course. Raises ``NotFound``."""
    found = bench(session, actor, slug)
    entry = catalog.lesson_rows(found.rows, lesson_key)
    return LessonBench(found, entry, _slots(session, entry))


def _slots(session: Session, entry: catalog.LessonRows) -> tuple[TextSlot, ...]:
    own = [item for item in entry.items if item.kind in _TEXTS]
    materials = {
        row.id: row.duration_ms // _MINUTE_MS
        for row in session.scalars(
            select(Material).where(Material.id.in_([item.material_id or 0 for item in own]))
        )
    }
    slots = [
        TextSlot(item.key, ItemKind(item.kind), item, materials.get(item.material_id or 0, 1))
        for item in own
    ]
    # The final test is a quiz and nothing else.
    is_quiz = [item.kind for item in entry.items] == [ItemKind.QUIZ]
    missing = [kind for kind in _TEXTS if kind not in [slot.kind for slot in slots]]
    new = () if is_quiz else missing
    return (*slots, *(TextSlot(kind.value, kind, None, _NEW_MINUTES[kind]) for kind in new))


def _question_counts(session: Session, rows: catalog.RevisionRows) -> dict[int, int]:
    quizzes = [item.quiz_id for entry in rows.lessons for item in entry.items if item.quiz_id]
    counted = session.execute(
        select(Quiz.id, func.count(Question.id))
        .join(Question, (Question.bank_id == Quiz.bank_id) & Question.retired_at.is_(None))
        .where(Quiz.id.in_(quizzes))
        .group_by(Quiz.id)
    )
    return {row[0]: row[1] for row in counted}
