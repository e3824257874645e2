"""Brings course folders into the database and writes courses out as folders."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.assessment.models import Quiz
from lms.assessment.service import QuizTerms, create_quiz, import_bank
from lms.catalog import service as catalog
from lms.catalog.domain import ItemKind
from lms.catalog.gateway import known_programmes
from lms.catalog.models import Course, Item, Lesson, Module, Revision
from lms.catalog.queries import draft_of, published_of
from lms.content.domain.course import read_course
from lms.content.domain.faults import BadFolder, Fault
from lms.content.domain.fingerprint import caption_digest, fingerprint
from lms.content.domain.loading import Outcome, StudioEdits, decide
from lms.content.domain.schema import CoursePlan, ItemPlan, LessonPlan, QuizPlan, VideoFiles
from lms.content.domain.writing import folder_texts
from lms.content.gateway import digests, read_folder, write_folder
from lms.content.queries import fold, standing_of
from lms.core.errors import InvalidInput, NotFound
from lms.media.domain.names import Label, Language
from lms.media.gateway.storage import LocalStorage, Storage
from lms.media.service import FolderVideo, StagedVideo, adopt_renditions, stage_renditions

_MINUTE_MS = 60_000
_PLACE = "{}/{}"


@dataclass(frozen=True, slots=True)
class CourseFolder:
    """A course folder that was read and has no faults."""

    root: Path
    plan: CoursePlan
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Load:
    """What a load did; ``revision`` is the number of the course's newest revision."""

    outcome: Outcome
    revision: int | None = None


def open_folder(root: Path) -> CourseFolder:
    """Read a course folder. Raises ``BadFolder`` with every fault, by file and line."""
    files, links = read_folder(root)
    checked = read_course(files, programmes=known_programmes().keys())
    if links or checked.course is None:
        raise BadFolder(sorted([*links, *checked.faults], key=lambda f: (f.path, f.line)))
    plan = checked.course
    captions = {
        path
        for item in plan.items()
        if item.video is not None
        for path in item.video.captions.values()
    }
    hashes = digests(root, set(plan.media_paths) - captions)
    hashes |= {path: caption_digest(files[path].content) for path in captions}
    return CourseFolder(root, plan, fingerprint(plan, hashes))


def check_folder(root: Path) -> CourseFolder:
    """Read a course folder and look into its videos too. Raises ``BadFolder``."""
    folder = open_folder(root)
    with tempfile.TemporaryDirectory() as scratch:
        stage_videos(folder, LocalStorage(Path(scratch)))
    return folder


def stage_videos(folder: CourseFolder, storage: Storage) -> dict[str, StagedVideo]:
    """Put the folder's videos into the store, where nobody sees them before they are loaded.

    Call it outside a transaction; doing it again changes nothing. Returns them by ``A01/video``.
    Raises ``BadFolder`` naming each file at fault.
    """
    staged: dict[str, StagedVideo] = {}
    faults: list[Fault] = []
    for lesson in folder.plan.lessons:
        for item in lesson.items:
            if item.video is None:
                continue
            try:
                video = _folder_video(folder.root, item.video)
                staged[_PLACE.format(lesson.key, item.key)] = stage_renditions(storage, video)
            except InvalidInput as error:
                faults += _video_faults(item.video, error)
    if faults:
        raise BadFolder(faults)
    return staged


def _folder_video(root: Path, video: VideoFiles) -> FolderVideo:
    return FolderVideo(
        renditions={Label(label): root / path for label, path in video.renditions.items()},
        poster=root / video.poster if video.poster else None,
        captions={Language(code): root / path for code, path in video.captions.items()},
    )


def _video_faults(video: VideoFiles, error: InvalidInput) -> list[Fault]:
    """Say a fault of a video by the file it is in; captions carry their line in the field."""
    paths = {**video.renditions, **video.captions, "poster": video.poster or ""}
    faults = []
    for field, message in error.fields.items():
        name, _, line = field.partition(":")
        faults.append(Fault(paths[name], max(int(line or 1), 1), message))
    return faults


def plan_load(
    session: Session, *, folder: CourseFolder, storage: Storage, edits: StudioEdits
) -> Outcome:
    """Return what loading the folder would do; changes nothing."""
    return decide(folder.fingerprint, standing_of(session, folder.plan.slug, storage), edits)


def load_folder(
    session: Session, *, folder: CourseFolder, staged: Mapping[str, StagedVideo], at: datetime
) -> Load:
    """Write the folder down as the course's next revision and publish it.

    A draft someone left in the studio is put aside, never deleted. Call it where ``plan_load``
    said that there is something to do, in the same transaction.
    """
    plan = folder.plan
    frame = catalog.CourseFrame(
        plan.slug, plan.price_fen, plan.institution, plan.programme, plan.badge_months
    )
    course = catalog.ensure_course(session, frame=frame, at=at)
    first = published_of(session, course.id) is None
    draft = draft_of(session, course.id)
    if draft is not None:
        catalog.put_aside(session, draft=draft)
    words = catalog.RevisionWords(
        dict(plan.title),
        dict(plan.summary),
        tuple(dict(outcome) for outcome in plan.outcomes),
        plan.cover,
        origin="folder",
        source_hash=folder.fingerprint,
    )
    revision = catalog.add_revision(session, course=course, words=words, at=at)
    _Writing(session, course, revision, staged, at).write(plan)
    catalog.publish_draft(session, course=course, draft=revision, at=at)
    return Load(Outcome.FIRST if first else Outcome.REVISION, revision.number)


class _Writing:
    """Writes the rows of one revision."""

    def __init__(
        self,
        session: Session,
        course: Course,
        revision: Revision,
        staged: Mapping[str, StagedVideo],
        at: datetime,
    ) -> None:
        self._session = session
        self._course = course
        self._revision = revision
        self._staged = staged
        self._at = at
        self._position = 0

    def write(self, plan: CoursePlan) -> None:
        for position, module in enumerate(plan.modules, 1):
            row = Module(
                revision_id=self._revision.id,
                key=module.key,
                position=position,
                title=dict(module.title),
            )
            self._session.add(row)
            self._session.flush()
            for lesson in module.lessons:
                self._lesson(row, lesson)

    def _lesson(self, module: Module, lesson: LessonPlan) -> None:
        # Positions run through the whole course, as the studio numbers them.
        self._position += 1
        row = Lesson(
            revision_id=self._revision.id,
            module_id=module.id,
            key=lesson.key,
            position=self._position,
            title=dict(lesson.title),
            minutes=lesson.minutes,
            objectives=[dict(words) for words in lesson.objectives],
        )
        self._session.add(row)
        self._session.flush()
        for position, item in enumerate(lesson.items, 1):
            self._session.add(self._item(row, item, position))
        self._session.flush()

    def _item(self, lesson: Lesson, item: ItemPlan, position: int) -> Item:
        return Item(
            revision_id=self._revision.id,
            lesson_id=lesson.id,
            key=item.key,
            kind=item.kind,
            position=position,
            title=dict(item.title),
            is_required=item.is_required,
            body=dict(item.body) if item.body else None,
            material_id=self._material_id(lesson, item),
            asset_id=self._asset_id(lesson, item),
            quiz_id=self._quiz_id(lesson, item, item.quiz) if item.quiz else None,
        )

    def _material_id(self, lesson: Lesson, item: ItemPlan) -> int | None:
        """Return the material of what is read or done; a video gets its own when published."""
        if item.kind is ItemKind.VIDEO or item.minutes is None:
            return None
        timed = catalog.Timed(
            self._course.id, lesson.key, item.key, item.kind, item.minutes * _MINUTE_MS
        )
        return catalog.material_for(self._session, timed).id

    def _asset_id(self, lesson: Lesson, item: ItemPlan) -> str | None:
        staged = self._staged.get(_PLACE.format(lesson.key, item.key))
        return adopt_renditions(self._session, staged=staged).id if staged else None

    def _quiz_id(self, lesson: Lesson, item: ItemPlan, quiz: QuizPlan) -> int:
        slug = f"{self._course.slug}/{lesson.key}/{item.key}"
        bank = import_bank(self._session, slug=slug, questions=quiz.questions, now=self._at)
        terms = QuizTerms(
            title=dict(item.title),
            draw=quiz.draw,
            pass_percent=quiz.pass_percent,
            max_attempts=quiz.attempts,
            time_limit_s=quiz.time_limit_minutes * 60 if quiz.time_limit_minutes else None,
        )
        return _quiz_on_terms(self._session, bank.bank_id, terms).id


def _quiz_on_terms(session: Session, bank_id: int, terms: QuizTerms) -> Quiz:
    """Return a quiz of the bank on these terms; a new one only where the terms are new."""
    for quiz in session.scalars(select(Quiz).where(Quiz.bank_id == bank_id)):
        known = QuizTerms(
            quiz.title, quiz.draw, quiz.pass_percent, quiz.max_attempts, quiz.time_limit_s
        )
        if known == terms:
            return quiz
    return create_quiz(session, bank_id=bank_id, terms=terms)


def export_folder(session: Session, *, slug: str, target: Path, storage: Storage) -> None:
    """Write the published revision as a course folder that loads again without a change.

    Raises ``NotFound`` where nothing of that slug is published, ``Conflict`` where something is
    at the target already.
    """
    course = session.scalar(select(Course).where(Course.slug == slug))
    revision = published_of(session, course.id) if course else None
    if course is None or revision is None:
        raise NotFound("course_not_published", "No published course is called %(slug)s.", slug=slug)
    folded = fold(session, course, revision, storage)
    texts = folder_texts(folded.plan) | folded.captions
    write_folder(target, texts, folded.copies)
