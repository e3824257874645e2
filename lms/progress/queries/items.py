"""Reads what may be studied, leases, and the progress that pages and calls show."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import Session

from lms.assessment.domain import AttemptState
from lms.assessment.models import Attempt
from lms.catalog.models import Item, Lesson, Material, Revision
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.progress.models import (
    ItemCompletion,
    MaterialProgress,
    PlaybackLease,
)
from lms.progress.queries.versions import may_have_versions, over_versions

_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Target:
    """What a lease is for: the item, its material and the enrollment it earns for."""

    enrollment_id: int
    revision_id: int
    item_id: int
    kind: str
    lesson_id: int
    material_id: int
    duration_ms: int
    has_versions: bool


@dataclass(frozen=True, slots=True)
class ItemProgressRow:
    """One item with the person's sets of its version; the sums in milliseconds are of all versions.

    ``completed_at`` is ``None`` until it is complete.
    """

    item_id: int
    kind: str
    is_required: bool
    duration_ms: int
    seen: list[list[int]]
    credited: list[list[int]]
    refused: Mapping[str, int]
    held: list[list[int]]
    granted_ms: int
    completed_at: datetime | None
    verified_ms: int


def item_target(session: Session, *, person_id: int, item_id: int) -> Target | None:
    """Return what a lease on the item would be for, where the person is enrolled in it.

    Whoever was moved to a newer revision still ends the test they have open in the older one.
    """
    begun = exists().where(
        Attempt.enrollment_id == Enrollment.id,
        Attempt.item_id == Item.id,
        Attempt.state == AttemptState.OPEN,
    )
    row = session.execute(
        select(
            Enrollment.id,
            Item.revision_id,
            Item.id,
            Item.kind,
            Item.lesson_id,
            Material.id,
            Material.duration_ms,
            may_have_versions(),
        )
        .join(Material, Material.course_id == Enrollment.course_id)
        .join(Item, Item.material_id == Material.id)
        .where(
            Item.id == item_id,
            Enrollment.person_id == person_id,
            Enrollment.status.in_(LIVE),
            or_(Item.revision_id == Enrollment.revision_id, begun),
        )
    ).one_or_none()
    return Target(*row) if row else None


def is_outdated(session: Session, *, person_id: int, item_id: int) -> bool:
    """Tell whether the person takes the item's course in another revision than the item's."""
    found = (
        select(Enrollment.id)
        .join(Revision, Revision.course_id == Enrollment.course_id)
        .join(Item, Item.revision_id == Revision.id)
        .where(
            Item.id == item_id,
            Enrollment.person_id == person_id,
            Enrollment.status.in_(LIVE),
            Enrollment.revision_id != Item.revision_id,
        )
    )
    return session.scalar(found) is not None


def is_item_known(session: Session, item_id: int) -> bool:
    """Tell whether there is such an item at all."""
    return session.scalar(select(Item.id).where(Item.id == item_id)) is not None


def has_open_attempt(session: Session, *, person_id: int, item_id: int) -> bool:
    """Tell whether the person has the quiz open."""
    open_one = select(Attempt.id).where(
        Attempt.person_id == person_id,
        Attempt.item_id == item_id,
        Attempt.state == AttemptState.OPEN,
    )
    return session.scalar(open_one) is not None


def live_lease(session: Session, person_id: int) -> PlaybackLease | None:
    """Return the person's live lease."""
    return session.scalar(
        select(PlaybackLease).where(
            PlaybackLease.person_id == person_id, PlaybackLease.ended_at_ms.is_(None)
        )
    )


def all_sets(session: Session, person_id: int) -> list[MaterialProgress]:
    """Return the person's sets of every material ever studied."""
    return list(
        session.scalars(select(MaterialProgress).where(MaterialProgress.person_id == person_id))
    )


def who_studied(session: Session, people: Sequence[int]) -> set[int]:
    """Return those of the people who ever studied anything."""
    found: set[int] = set()
    for first in range(0, len(people), _AT_ONCE):
        part = people[first : first + _AT_ONCE]
        found.update(
            session.scalars(
                select(MaterialProgress.person_id)
                .where(MaterialProgress.person_id.in_(part))
                .distinct()
            )
        )
    return found


def completed_of_enrollments(
    session: Session, enrollment_ids: Iterable[int]
) -> dict[int, set[tuple[str, str]]]:
    """Return what is complete, for several enrollments in one statement."""
    wanted = list(enrollment_ids)
    found: dict[int, set[tuple[str, str]]] = {each: set() for each in wanted}
    if not wanted:
        return found
    rows = session.execute(
        select(
            ItemCompletion.enrollment_id, ItemCompletion.lesson_key, ItemCompletion.item_key
        ).where(ItemCompletion.enrollment_id.in_(wanted))
    )
    for enrollment_id, lesson_key, item_key in rows:
        found[enrollment_id].add((lesson_key, item_key))
    return found


def item_progress(session: Session, *, person_id: int, item_id: int) -> ItemProgressRow | None:
    """Return the person's progress with one item of a course they take."""
    rows = _progress_rows(session, person_id, Item.id == item_id)
    return rows[0] if rows else None


def lesson_progress(session: Session, *, person_id: int, lesson_id: int) -> list[ItemProgressRow]:
    """Return the person's progress with each item of a lesson of a course they take."""
    return _progress_rows(session, person_id, Item.lesson_id == lesson_id)


def _progress_rows(
    session: Session, person_id: int, which: ColumnElement[bool]
) -> list[ItemProgressRow]:
    rows = session.execute(
        select(
            Item.id,
            Item.kind,
            Item.is_required,
            func.coalesce(Material.duration_ms, 0),
            MaterialProgress.seen,
            MaterialProgress.credited,
            MaterialProgress.refused,
            MaterialProgress.held,
            over_versions(MaterialProgress.granted_ms),
            ItemCompletion.completed_at,
            over_versions(MaterialProgress.credited_ms),
        )
        .join(Enrollment, Enrollment.revision_id == Item.revision_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .outerjoin(Material, Material.id == Item.material_id)
        .outerjoin(
            MaterialProgress,
            and_(
                MaterialProgress.person_id == Enrollment.person_id,
                MaterialProgress.material_id == Item.material_id,
            ),
        )
        .outerjoin(
            ItemCompletion,
            and_(
                ItemCompletion.enrollment_id == Enrollment.id,
                ItemCompletion.lesson_key == Lesson.key,
                ItemCompletion.item_key == Item.key,
            ),
        )
        .where(which, Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
        .order_by(Item.position)
    )
    # Nothing studied yet: the outer joins found no sets.
    return [ItemProgressRow(*_or_empty(row)) for row in rows]


def _or_empty(row: Sequence[Any]) -> tuple[Any, ...]:
    seen, credited, refused, held, granted_ms = row[4:9]
    return (
        *row[:4],
        seen or [],
        credited or [],
        refused or {},
        held or [],
        int(granted_ms),
        row[9],
        int(row[10]),
    )


@dataclass(frozen=True, slots=True)
class ItemAddress:
    """The stable keys of an item."""

    lesson_key: str
    item_key: str


def item_address(session: Session, item_id: int) -> ItemAddress:
    """Return the stable keys of an item that exists."""
    row = session.execute(
        select(Lesson.key, Item.key)
        .join(Item, Item.lesson_id == Lesson.id)
        .where(Item.id == item_id)
    ).one()
    return ItemAddress(row[0], row[1])
