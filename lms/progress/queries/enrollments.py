"""Reads what an enrollment amounts to; page, export and badge show these figures alone."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from lms.assessment.models import Attempt
from lms.catalog.models import Item, Lesson
from lms.catalog.outline import FINAL_LESSON
from lms.enrollment.models import Enrollment
from lms.progress.domain.ledger import COLUMNS, head_of
from lms.progress.models import MaterialProgress, WatchSlice

_READ_AT_ONCE = 1000


def verified_ms() -> ColumnElement[int]:
    """Return the verified milliseconds of a row's enrollment: over its revision's materials.

    Materials that revisions share count in each of them, as the person studied them once for all.
    """
    return (
        select(func.coalesce(func.sum(MaterialProgress.credited_ms), 0))
        .join(Item, Item.material_id == MaterialProgress.material_id)
        .where(
            MaterialProgress.person_id == Enrollment.person_id,
            Item.revision_id == Enrollment.revision_id,
        )
        .correlate(Enrollment)
        .scalar_subquery()
    )


def final_percent() -> ColumnElement[int | None]:
    """Return the best graded final test of a row's enrollment, per cent."""
    return (
        select(func.max(Attempt.percent))
        .join(Item, Item.id == Attempt.item_id)
        .join(Lesson, Lesson.id == Item.lesson_id)
        .where(Attempt.enrollment_id == Enrollment.id, Lesson.key == FINAL_LESSON)
        .correlate(Enrollment)
        .scalar_subquery()
    )


def ledger_head(session: Session, person_id: int, *, first: int | None = None) -> tuple[int, str]:
    """Return how many slices the person's ledger has, and the hash that stands for all of them.

    ``first`` looks at so many of the oldest alone: the ledger as it was when it had those.
    """
    columns = [getattr(WatchSlice, name) for name in COLUMNS]
    rows = session.execute(
        select(*columns)
        .where(WatchSlice.person_id == person_id)
        .order_by(WatchSlice.id)
        .limit(first),
        execution_options={"yield_per": _READ_AT_ONCE},
    )
    head = head_of(dict(row) for row in rows.mappings())
    return head.entries, head.hash
