"""Reads whose file it is, what each course brought over all its versions, in one statement."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    and_,
    case,
    false,
    func,
    select,
    true,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.domain.people import masked_phone
from lms.accounts.models import County, Person
from lms.audit.queries import was_noted
from lms.catalog.models import Item, Lesson, Material
from lms.catalog.outline import Words
from lms.catalog.tree import tree_and_items
from lms.core.access import Scope
from lms.db.base import OptionalJson
from lms.enrollment.models import Enrollment
from lms.enrollment.queries import in_scope
from lms.progress.domain.totals import ItemKey
from lms.progress.models import ItemCompletion, MaterialProgress, StudyClock
from lms.record.domain.courses import NOTHING, CourseLine, ItemLine, LessonLine
from lms.record.domain.reasons import Refused

READ = "evidence.read"


@dataclass(frozen=True, slots=True)
class Reading:
    """Who reads somebody else's file: where they may, and since when a reading counts as new."""

    actor_id: int
    scopes: tuple[Scope, ...]
    since: datetime


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose file it is, with their courses; ``was_noted`` is of a reading by somebody else.

    ``entries`` and ``head`` are the end of the chained ledger, ``None`` before anything was
    chained.
    """

    person_id: int
    name: str
    masked_phone: str
    town: str
    county: Words
    since: datetime
    entries: int | None
    head: str | None
    courses: tuple[CourseLine, ...]
    was_noted: bool = True

    @property
    def course_ids(self) -> list[int]:
        """Return the courses whose evidence may be shown."""
        return sorted({line.course.course_id for line in self.courses})

    def course(self, slug: str) -> CourseLine | None:
        """Return the newest of the courses with the slug."""
        return next((line for line in self.courses if line.course.slug == slug), None)

    def lessons(self) -> "Lessons":
        """Return the words for every lesson of the courses, the newest edition's."""
        return Lessons(
            {
                (line.course.course_id, each.lesson.key): (line.course.slug, each.lesson.title)
                for line in reversed(self.courses)
                for each in line.lessons
            }
        )


@dataclass(frozen=True, slots=True)
class Lessons:
    """Course and title of each lesson by course id and lesson key."""

    known: Mapping[tuple[int, str], tuple[str, Words]]

    def of(self, course_id: int, key: str) -> tuple[str, Words]:
        """Return course and title; a lesson that left the course is named by its key."""
        return self.known.get((course_id, key), ("", {"zh": key}))


def holder(session: Session, person_id: int, reading: Reading | None = None) -> Holder | None:
    """Return whose file it is, newest course first.

    Somebody else sees the courses inside their scopes; ``None`` where there are none.
    """
    rows = session.execute(_statement(session, person_id, reading)).all()
    if not rows or (reading and rows[0].enrollment_id is None):
        return None
    first, studied = rows[0], _studied(rows)
    return Holder(
        person_id=person_id,
        name=first.name,
        masked_phone=masked_phone(first.phone),
        town=first.town or "",
        county={"zh": first.name_zh, "en": first.name_en},
        since=first.created_at,
        entries=first.entries,
        head=first.head,
        courses=tuple(
            _course(session, list(own), studied)
            for enrollment_id, own in groupby(rows, key=attrgetter("enrollment_id"))
            if enrollment_id is not None
        ),
        was_noted=bool(first.was_noted),
    )


def _statement(
    session: Session, person_id: int, reading: Reading | None
) -> Select[*tuple[Any, ...]]:
    mine = and_(Enrollment.person_id == Person.id, in_scope(reading.scopes) if reading else true())
    return (
        select(
            *_columns(),
            _noted(person_id, reading).label("was_noted"),
            _brought(session, person_id).label("brought"),
        )
        .join(County, County.code == Person.county_code)
        .outerjoin(StudyClock, StudyClock.person_id == Person.id)
        .outerjoin(Enrollment, mine)
        .outerjoin(Item, Item.revision_id == Enrollment.revision_id)
        .outerjoin(Lesson, Lesson.id == Item.lesson_id)
        .outerjoin(
            ItemCompletion,
            and_(
                ItemCompletion.enrollment_id == Enrollment.id,
                ItemCompletion.lesson_key == Lesson.key,
                ItemCompletion.item_key == Item.key,
            ),
        )
        .where(Person.id == person_id)
        .order_by(Enrollment.id.desc())
    )


def _columns() -> tuple[ColumnElement[Any] | InstrumentedAttribute[Any], ...]:
    return (
        *(Person.name, Person.phone, Person.town, Person.created_at),
        *(County.name_zh, County.name_en, StudyClock.entries, StudyClock.head),
        *(Enrollment.id.label("enrollment_id"), Enrollment.revision_id, Enrollment.status),
        *(Enrollment.enrolled_at, Enrollment.completed_at, Enrollment.ended_at),
        *(Item.id.label("item_id"), ItemCompletion.completed_at.label("done_at")),
    )


def _noted(person_id: int, reading: Reading | None) -> ColumnElement[bool]:
    if reading is None:
        return false()
    subject = f"person:{person_id}"
    return was_noted(reading.actor_id, action=READ, subject=subject, since=reading.since)


Brought = Mapping[ItemKey, ItemLine]


def _brought(session: Session, person_id: int) -> ColumnElement[Any]:
    """Return what each material brought the person, as one list on one of the rows alone."""
    columns = (
        *(Material.course_id, Material.lesson_key, Material.item_key),
        *(MaterialProgress.seen_ms, MaterialProgress.credited_ms, MaterialProgress.granted_ms),
    )
    refused = MaterialProgress.refused
    if session.get_bind().dialect.name == "sqlite":
        made: Any = func.json_group_array(func.json_array(*columns, func.json(refused)))
    else:
        made = func.jsonb_agg(func.jsonb_build_array(*columns, refused))
    everything = (
        select(made)
        .select_from(MaterialProgress)
        .join(Material, Material.id == MaterialProgress.material_id)
        .where(MaterialProgress.person_id == person_id)
        .scalar_subquery()
    )
    is_first = func.row_number().over(order_by=Item.id) == 1
    return type_coerce(case((is_first, everything)), OptionalJson)


def _studied(rows: Sequence[Row[*tuple[Any, ...]]]) -> Brought:
    """Return what each item brought the person, whatever version of it they studied."""
    found: dict[ItemKey, ItemLine] = {}
    for each in next((row.brought for row in rows if row.brought), ()):
        line = ItemLine(each[3], each[4], each[5], Refused(each[6]))
        key = (each[0], each[1], each[2])
        found[key] = found[key].plus(line) if key in found else line
    return found


def _course(
    session: Session, rows: Sequence[Row[*tuple[Any, ...]]], studied: Brought
) -> CourseLine:
    own = rows[0]
    tree, items = tree_and_items(session, own.revision_id)
    done = {items[row.item_id].address for row in rows if row.done_at is not None}
    own_items = {key: line for key, line in studied.items() if key[0] == tree.course_id}
    lessons = tuple(
        LessonLine(
            lesson,
            tuple(
                replace(
                    own_items.pop((tree.course_id, item.lesson_key, item.key), NOTHING),
                    is_required=item.is_required,
                    is_complete=item.address in done,
                )
                for item in lesson.items
            ),
        )
        for lesson in tree.lessons
    )
    return CourseLine(
        *(own.enrollment_id, tree, own.status),
        *(own.enrolled_at, own.completed_at, own.ended_at),
        *(lessons, tuple(own_items.values())),
    )
