"""Reads a published course back as the plan a folder would describe."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.domain import OptionSpec, QuestionKind, QuestionSpec
from lms.assessment.models import Option, Question, Quiz
from lms.catalog.domain import ItemKind
from lms.catalog.models import (
    Course,
    Institution,
    Item,
    Lesson,
    Material,
    Programme,
    Revision,
)
from lms.catalog.queries import LessonRows, RevisionRows, newest_of, published_of, rows_of
from lms.catalog.service import DEFAULT_INSTITUTION
from lms.content.domain.fingerprint import fingerprint, text_digest
from lms.content.domain.loading import Standing
from lms.content.domain.schema import (
    CoursePlan,
    ItemPlan,
    LessonPlan,
    ModulePlan,
    QuizPlan,
    VideoFiles,
)
from lms.content.domain.writing import media_folder
from lms.content.gateway import Copy, digests
from lms.core.errors import NotFound
from lms.media.domain.names import POSTER, Label
from lms.media.gateway.storage import Storage
from lms.media.models import Asset, Caption, Rendition

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class FoldedCourse:
    """A course as a folder: its plan, and for each media path a file of the store or a text."""

    plan: CoursePlan
    copies: dict[str, Copy]
    captions: dict[str, str]
    digests: dict[str, str]

    @property
    def fingerprint(self) -> str:
        """Return the fingerprint the folder would have."""
        return fingerprint(self.plan, self.digests)


def standing_of(session: Session, slug: str, storage: Storage) -> Standing:
    """Return how the course stands against its last load."""
    course = session.scalar(select(Course).where(Course.slug == slug))
    if course is None:
        return Standing(exists=False)
    last = session.scalars(
        select(Revision)
        .where(Revision.course_id == course.id, Revision.origin == "folder")
        .order_by(Revision.number.desc())
        .limit(1)
    ).first()
    return Standing(
        exists=True,
        loaded=last.source_hash if last else None,
        shown=_shown(session, course, storage),
        is_edited=newest_of(session, course.id).origin == "studio",
    )


def _shown(session: Session, course: Course, storage: Storage) -> str | None:
    published = published_of(session, course.id)
    if published is None:
        return None
    try:
        return fold(session, course, published, storage).fingerprint
    except NotFound:
        # Files were lost from the store: whatever the folder brings is news then.
        return None


def fold(session: Session, course: Course, revision: Revision, storage: Storage) -> FoldedCourse:
    """Return the published revision as a folder would describe it."""
    return _Folding(session, storage).fold(course, rows_of(session, revision))


def bank_questions(session: Session, bank_ids: Iterable[int]) -> dict[int, list[QuestionSpec]]:
    """Return the current questions of the banks, by key."""
    rows = session.execute(
        select(Question, Option)
        .join(Option, Option.question_id == Question.id)
        .where(Question.bank_id.in_(tuple(bank_ids)), Question.retired_at.is_(None))
        .order_by(Question.key, Option.position)
    ).all()
    options: dict[int, list[OptionSpec]] = {}
    questions: dict[int, Question] = {}
    for question, option in rows:
        questions[question.id] = question
        spec = OptionSpec(option.key, option.text, option.is_correct, option.why)
        options.setdefault(question.id, []).append(spec)
    banks: dict[int, list[QuestionSpec]] = {}
    for question in questions.values():
        own = tuple(options[question.id])
        spec_of = QuestionSpec(question.key, QuestionKind(question.kind), question.stem, own)
        banks.setdefault(question.bank_id, []).append(spec_of)
    return banks


class _Folding:
    """Holds what a whole revision needs, read in a handful of statements."""

    def __init__(self, session: Session, storage: Storage) -> None:
        self._session = session
        self._storage = storage
        self._copies: dict[str, Copy] = {}
        self._captions: dict[str, str] = {}
        self._digests: dict[str, str] = {}

    def fold(self, course: Course, rows: RevisionRows) -> FoldedCourse:
        items = [item for entry in rows.lessons for item in entry.items]
        self._read(items)
        institution = self._session.get_one(Institution, course.institution_id).slug
        programme = self._session.get(Programme, course.programme_id or 0)
        plan = CoursePlan(
            slug=course.slug,
            title=rows.revision.title,
            summary=rows.revision.summary,
            outcomes=tuple(rows.revision.outcomes),
            cover=rows.revision.cover,
            modules=tuple(
                ModulePlan(
                    branch.module.key,
                    branch.module.title,
                    tuple(self._lesson(entry) for entry in branch.lessons),
                )
                for branch in rows.modules
            ),
            price_fen=course.price_fen,
            institution=None if institution == DEFAULT_INSTITUTION else institution,
            programme=programme.slug if programme else None,
            badge_months=course.badge_months,
        )
        return FoldedCourse(plan, self._copies, self._captions, self._digests)

    def _read(self, items: list[Item]) -> None:
        quizzes = self._session.scalars(
            select(Quiz).where(Quiz.id.in_([item.quiz_id for item in items if item.quiz_id]))
        ).all()
        self._quizzes = {quiz.id: quiz for quiz in quizzes}
        self._banks = bank_questions(self._session, [quiz.bank_id for quiz in quizzes])
        material_ids = [item.material_id for item in items if item.material_id]
        materials = select(Material).where(Material.id.in_(material_ids))
        self._materials = {row.id: row for row in self._session.scalars(materials)}

    def _lesson(self, entry: LessonRows) -> LessonPlan:
        lesson = entry.lesson
        return LessonPlan(
            key=lesson.key,
            title=lesson.title,
            minutes=lesson.minutes,
            objectives=tuple(lesson.objectives),
            items=tuple(self._item(lesson, item) for item in entry.items),
        )

    def _item(self, lesson: Lesson, item: Item) -> ItemPlan:
        kind = ItemKind(item.kind)
        material = self._materials.get(item.material_id or 0)
        is_timed = kind is not ItemKind.VIDEO and material is not None
        return ItemPlan(
            key=item.key,
            kind=kind,
            title=item.title,
            is_required=item.is_required,
            minutes=material.duration_ms // _MINUTE_MS if is_timed and material else None,
            body=item.body,
            video=self._video(lesson, item, item.asset_id) if item.asset_id else None,
            quiz=self._quiz(self._quizzes[item.quiz_id]) if item.quiz_id else None,
        )

    def _quiz(self, quiz: Quiz) -> QuizPlan:
        return QuizPlan(
            questions=tuple(self._banks.get(quiz.bank_id, ())),
            draw=quiz.draw,
            pass_percent=quiz.pass_percent,
            attempts=quiz.max_attempts,
            time_limit_minutes=quiz.time_limit_s // 60 if quiz.time_limit_s else None,
        )

    def _video(self, lesson: Lesson, item: Item, asset_id: str) -> VideoFiles:
        asset = self._session.get_one(Asset, asset_id)
        folder = media_folder(lesson.key, item.key)
        poster = f"{folder}/{POSTER}"
        try:
            self._digests[poster] = self._poster_digest(asset)
        except NotFound as error:
            raise NotFound(
                "media_file_missing",
                "The video of lesson %(lesson)s is not in the media store.",
                lesson=lesson.key,
            ) from error
        self._copies[poster] = self._copy(asset, POSTER)
        return VideoFiles(
            self._renditions(asset, folder), poster, self._caption_files(asset, item, folder)
        )

    def _copy(self, asset: Asset, name: str) -> Copy:
        return partial(self._storage.fetch, asset.id, asset.version or "", name)

    def _poster_digest(self, asset: Asset) -> str:
        with TemporaryDirectory() as folder:
            self._copy(asset, POSTER)(Path(folder) / POSTER)
            return digests(Path(folder), [POSTER])[POSTER]

    def _renditions(self, asset: Asset, folder: str) -> dict[str, str]:
        paths = {}
        # What a folder holds is copied as it is; a sharper one is made of an upload alone.
        own = select(Rendition).where(
            Rendition.asset_id == asset.id, Rendition.label != Label.LARGE
        )
        for rendition in self._session.scalars(own):
            name = Label(rendition.label).filename
            path = f"{folder}/{name}"
            self._copies[path] = self._copy(asset, name)
            self._digests[path] = rendition.sha256
            paths[rendition.label] = path
        return paths

    def _caption_files(self, asset: Asset, item: Item, folder: str) -> dict[str, str]:
        paths = {}
        own = select(Caption).where(Caption.asset_id == asset.id).order_by(Caption.id)
        if item.captions is not None:
            own = own.where(Caption.id.in_(item.captions.values()))
        for caption in self._session.scalars(own):
            path = f"{folder}/{caption.language}.vtt"
            self._captions[path] = caption.text
            self._digests[path] = text_digest(caption.text)
            paths[caption.language] = path
        return paths
