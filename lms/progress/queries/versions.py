"""Reads what a learner has of the other versions of an item; few learners have any."""

from collections.abc import Iterable
from typing import cast

from sqlalchemy import ColumnElement, Table, and_, bindparam, exists, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from lms.catalog.models import Item, Lesson, Material
from lms.db.prepared import Ask, Prepared
from lms.enrollment.models import Enrollment
from lms.progress.domain.spans import total_ms
from lms.progress.domain.totals import ItemKey
from lms.progress.domain.versions import Version
from lms.progress.models import MaterialProgress

_MATERIALS, _SETS = (cast(Table, each.__table__) for each in (Material, MaterialProgress))
_THIS, _OTHER = _MATERIALS.alias("this"), _MATERIALS.alias("other")
_VERSIONS = Prepared(
    select(_OTHER.c.duration_ms, _SETS.c.credited_ms, _SETS.c.held)
    .join_from(
        _THIS,
        _OTHER,
        and_(
            _OTHER.c.course_id == _THIS.c.course_id,
            _OTHER.c.lesson_key == _THIS.c.lesson_key,
            _OTHER.c.item_key == _THIS.c.item_key,
            _OTHER.c.id != _THIS.c.id,
        ),
    )
    .join(
        _SETS,
        and_(_SETS.c.material_id == _OTHER.c.id, _SETS.c.person_id == bindparam("person_id")),
    )
    .where(_THIS.c.id == bindparam("material_id"))
)


def other_versions(ask: Ask, *, person_id: int, material_id: int) -> tuple[Version, ...]:
    """Return what the person has of the other versions of the material's item."""
    rows = ask(_VERSIONS, {"person_id": person_id, "material_id": material_id})
    return tuple(Version(row[0], row[1], total_ms(row[2])) for row in rows)


def may_have_versions() -> ColumnElement[bool]:
    """Return whether the learner of a row's enrollment may have time in another version.

    The row is of Enrollment and Material. Only who was moved, or took the course before, can.
    """
    other, before = aliased(Material), aliased(Enrollment)
    return and_(
        exists().where(
            other.course_id == Material.course_id,
            other.lesson_key == Material.lesson_key,
            other.item_key == Material.item_key,
            other.id != Material.id,
        ),
        or_(
            Enrollment.moved_at.is_not(None),
            exists().where(
                before.person_id == Enrollment.person_id,
                before.course_id == Enrollment.course_id,
                before.id != Enrollment.id,
            ),
        ),
    )


def over_versions(column: InstrumentedAttribute[int]) -> ColumnElement[int]:
    """Return the sum of a column of the sets over all versions of a row's item.

    The row is of Enrollment, Lesson and Item.
    """
    version = aliased(Material)
    return (
        select(func.coalesce(func.sum(column), 0))
        .join(version, version.id == MaterialProgress.material_id)
        .where(
            MaterialProgress.person_id == Enrollment.person_id,
            version.course_id == Enrollment.course_id,
            version.lesson_key == Lesson.key,
            version.item_key == Item.key,
        )
        .correlate(Enrollment, Lesson, Item)
        .scalar_subquery()
    )


def lengths_of(session: Session, materials: Iterable[int]) -> dict[int, tuple[ItemKey, int]]:
    """Return which item each material is a version of, and how long it is, milliseconds."""
    rows = session.execute(
        select(
            *(Material.id, Material.course_id, Material.lesson_key, Material.item_key),
            Material.duration_ms,
        ).where(Material.id.in_(list(materials)))
    )
    return {row[0]: ((row[1], row[2], row[3]), row[4]) for row in rows}
