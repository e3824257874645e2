"""Makes institutions, courses and revisions; a course is published unless told otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalog.models import (
    Course,
    Institution,
    Item,
    ItemKind,
    Lesson,
    Material,
    Module,
    Programme,
    Revision,
    RevisionState,
)
from lms.db.base import Localized
from lms.db.session import now
from tests.factories.accounts import make_county

_MINUTE_MS = 60_000
_numbers = count(1)


def both(zh: str, en: str | None = None) -> Localized:
    """Return a text in both languages, or in Chinese alone."""
    return {"zh": zh} if en is None else {"zh": zh, "en": en}


@dataclass(frozen=True, slots=True)
class ItemSpec:
    """What an item is to be; made by ``reading``, ``practice``, ``video`` and ``quiz``."""

    key: str
    kind: ItemKind
    title: Localized
    duration_ms: int | None
    body: Localized | None = None
    asset_id: str | None = None
    captions: dict[str, int] | None = None
    quiz_id: int | None = None
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class LessonSpec:
    """What a lesson is to be; made by ``lesson``."""

    key: str
    items: tuple[ItemSpec, ...]
    title: Localized
    minutes: int = 20
    objectives: tuple[Localized, ...] = field(default_factory=tuple)


def reading(key: str = "text", *, minutes: int = 5, **changes: Any) -> ItemSpec:
    made = ItemSpec(
        key,
        ItemKind.READING,
        both("读一读", "Reading"),
        minutes * _MINUTE_MS,
        body=both("先看一眼镜头，再开口。", "Look at the lens, then speak."),
    )
    return replace(made, **changes)


def practice(key: str = "practice", *, minutes: int = 8, **changes: Any) -> ItemSpec:
    made = ItemSpec(
        key,
        ItemKind.PRACTICE,
        both("做一做", "Practice"),
        minutes * _MINUTE_MS,
        body=both("- [ ] 擦干净镜头", "- [ ] Clean the lens"),
    )
    return replace(made, **changes)


def video(
    key: str = "video", *, asset_id: str | None, duration_ms: int | None = 480_000, **changes: Any
) -> ItemSpec:
    """Return a video item; ``asset_id=None`` is one not uploaded yet."""
    made = ItemSpec(key, ItemKind.VIDEO, both("看视频", "Video"), duration_ms, asset_id=asset_id)
    return replace(made, **changes)


def quiz(key: str = "quiz", *, quiz_id: int | None, minutes: int = 4, **changes: Any) -> ItemSpec:
    """Return a quiz item; ``quiz_id`` names a row of the assessment feature."""
    made = ItemSpec(
        key, ItemKind.QUIZ, both("本课小测", "Lesson quiz"), minutes * _MINUTE_MS, quiz_id=quiz_id
    )
    return replace(made, **changes)


def lesson(key: str = "A01", *items: ItemSpec, **changes: Any) -> LessonSpec:
    """Return a lesson of the items, of one reading where none is given."""
    return replace(LessonSpec(key, items or (reading(),), both(f"第 {key} 课", key)), **changes)


@dataclass(frozen=True, slots=True)
class MadeCourse:
    """A course with the rows a test wants to point at; items go by ``"A01/video"``."""

    course: Course
    revision: Revision
    module: Module
    lessons: dict[str, Lesson]
    items: dict[str, Item]
    materials: dict[str, Material]


def make_institution(session: Session, **overrides: Any) -> Institution:
    number = next(_numbers)
    county = overrides.pop("county_code", None) or make_county(session).code
    values: dict[str, Any] = {"slug": f"school-{number}", "name": both(f"学堂 {number}", "School")}
    institution = Institution(**{**values, "county_code": county, **overrides})
    session.add(institution)
    session.flush()
    return institution


def make_programme(session: Session, **overrides: Any) -> Programme:
    values: dict[str, Any] = {
        "slug": f"programme-{next(_numbers)}",
        "title": both("直播销售员 五级", "Live-streaming salesperson, level 5"),
        "occupation_code": "4-01-06-02",
        "level": 5,
        "credit_hours": 24,
    }
    programme = Programme(**{**values, **overrides})
    session.add(programme)
    session.flush()
    return programme


def make_course(
    session: Session,
    *,
    lessons: Sequence[LessonSpec] = (),
    state: RevisionState = RevisionState.PUBLISHED,
    title: Localized | None = None,
    origin: str = "folder",
    **overrides: Any,
) -> MadeCourse:
    """Make a course whose first revision holds one module with the lessons (one by default)."""
    at = now(session)
    institution_id = overrides.pop("institution_id", None) or make_institution(session).id
    values: dict[str, Any] = {"slug": f"course-{next(_numbers)}", "price_fen": 0, "created_at": at}
    course = Course(**{**values, "institution_id": institution_id, **overrides})
    session.add(course)
    session.flush()
    return make_revision(session, course, lessons=lessons, state=state, title=title, origin=origin)


def make_revision(
    session: Session,
    course: Course,
    *,
    lessons: Sequence[LessonSpec] = (),
    state: RevisionState = RevisionState.PUBLISHED,
    title: Localized | None = None,
    origin: str = "folder",
) -> MadeCourse:
    """Make the course's next revision; publishing it retires the one published before."""
    last = session.scalar(select(func.max(Revision.number)).where(Revision.course_id == course.id))
    at = now(session)
    revision = Revision(
        course_id=course.id,
        number=(last or 0) + 1,
        title=title or both("播手工面", "Selling hand-made noodles live"),
        summary=both("从拉面到下单。", "From pulling noodles to the order."),
        outcomes=[both("讲清楚一碗面", "Present a bowl of noodles")],
        cover="noodle",
        origin=origin,
        created_at=at,
    )
    session.add(revision)
    session.flush()
    made = _fill(session, course, revision, lessons or (lesson(),))
    _settle(session, revision, state)
    return made


def _fill(
    session: Session, course: Course, revision: Revision, specs: Sequence[LessonSpec]
) -> MadeCourse:
    module = Module(revision_id=revision.id, key="M1", position=1, title=both("第一单元", "Unit 1"))
    session.add(module)
    session.flush()
    made = MadeCourse(course, revision, module, lessons={}, items={}, materials={})
    for position, spec in enumerate(specs, 1):
        row = Lesson(
            revision_id=revision.id,
            module_id=module.id,
            key=spec.key,
            position=position,
            title=spec.title,
            minutes=spec.minutes,
            objectives=list(spec.objectives),
        )
        session.add(row)
        session.flush()
        made.lessons[spec.key] = row
        for place, item in enumerate(spec.items, 1):
            _add_item(session, made, row, item, place)
    return made


def _add_item(
    session: Session, made: MadeCourse, row: Lesson, spec: ItemSpec, position: int
) -> None:
    material = _material(session, made.course, row.key, spec)
    item = Item(
        revision_id=row.revision_id,
        lesson_id=row.id,
        key=spec.key,
        kind=spec.kind,
        position=position,
        title=spec.title,
        is_required=spec.is_required,
        body=spec.body,
        material_id=material.id if material else None,
        asset_id=spec.asset_id,
        captions=spec.captions,
        quiz_id=spec.quiz_id,
    )
    session.add(item)
    session.flush()
    name = f"{row.key}/{spec.key}"
    made.items[name] = item
    if material:
        made.materials[name] = material


def _material(session: Session, course: Course, lesson_key: str, spec: ItemSpec) -> Material | None:
    if spec.duration_ms is None or (spec.kind == ItemKind.VIDEO and spec.asset_id is None):
        return None
    values: dict[str, Any] = {
        "course_id": course.id,
        "lesson_key": lesson_key,
        "item_key": spec.key,
        "kind": spec.kind,
        "asset_id": spec.asset_id,
        "duration_ms": spec.duration_ms,
    }
    material = session.scalar(select(Material).filter_by(**values))
    if material is None:
        material = Material(**values)
        session.add(material)
        session.flush()
    return material


def _settle(session: Session, revision: Revision, state: RevisionState) -> None:
    at = now(session)
    if state == RevisionState.PUBLISHED:
        before = session.scalar(
            select(Revision).filter_by(course_id=revision.course_id, state=state)
        )
        if before is not None:
            before.state = RevisionState.RETIRED
            session.flush()
    revision.state = state
    revision.published_at = at if state != RevisionState.DRAFT else None
    session.flush()
