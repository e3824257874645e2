"""Reads what a material is called, and whose time lies in somebody's reach."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.models import County, Person
from lms.catalog.models import Course, Item, ItemKind, Lesson, Material, Revision, RevisionState
from lms.core.access import Scope, ScopeKind
from lms.db.base import Localized


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a course a material stands, in the newest words for it."""

    slug: str
    address: str
    course: Localized
    lesson: Localized
    item: Localized
    kind: str

    @property
    def is_video(self) -> bool:
        """Tell whether its stretches are places one can play; elsewhere their length says all."""
        return self.kind == ItemKind.VIDEO


def places_of(session: Session, materials: Iterable[int]) -> dict[int, Place]:
    """Return what the materials are called, whatever revision holds them; newest words win."""
    wanted = sorted(set(materials))
    if not wanted:
        return {}
    rows = session.execute(
        select(
            *(Item.material_id, Course.slug, Lesson.key, Item.key.label("item_key")),
            *(Revision.title, Lesson.title.label("lesson"), Item.title.label("item"), Item.kind),
        )
        .join(Lesson, Lesson.id == Item.lesson_id)
        .join(Revision, Revision.id == Item.revision_id)
        .join(Course, Course.id == Revision.course_id)
        .where(Item.material_id.in_(wanted), Revision.state != RevisionState.DRAFT)
        .order_by(Revision.number)
    )
    return {
        row.material_id: Place(
            *(row.slug, f"{row.key}.{row.item_key}"),
            *(row.title, row.lesson, row.item, row.kind),
        )
        for row in rows
    }


def durations_of(session: Session, materials: Iterable[int]) -> Mapping[int, int]:
    """Return how long each material is, milliseconds."""
    rows = session.execute(
        select(Material.id, Material.duration_ms).where(Material.id.in_(list(materials)))
    )
    return {row[0]: row[1] for row in rows}


def in_counties(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return the condition that a person is of a county inside any of the scopes."""
    return is_county_of(Person.county_code, scopes)


def counties_of(session: Session, scopes: Iterable[Scope]) -> list[County]:
    """Return the counties inside any of the scopes."""
    inside = is_county_of(County.code, scopes)
    return list(session.scalars(select(County).where(inside).order_by(County.code)))


def is_county_of(
    column: InstrumentedAttribute[Any], scopes: Iterable[Scope]
) -> ColumnElement[bool]:
    """Return the condition that a column names a county inside any of the scopes."""
    held = tuple(scopes)
    if any(scope.kind is ScopeKind.PLATFORM for scope in held):
        return true()
    return column.in_([scope.id for scope in held if scope.kind is ScopeKind.COUNTY])
