"""Reads what an enrollment amounts to; page, export and badge show these figures alone."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from lms.enrollment.models import Enrollment
from lms.progress.domain.ledger import COLUMNS, Head, head_of
from lms.progress.models import CourseTime, FinalResult, StudyClock, WatchSlice

_READ_AT_ONCE = 1000
_IS_TIME = and_(
    CourseTime.person_id == Enrollment.person_id, CourseTime.course_id == Enrollment.course_id
)
_IS_RESULT = FinalResult.enrollment_id == Enrollment.id
# The same as below, of a statement ``with_results``.
JOINED_MS: ColumnElement[int] = func.coalesce(CourseTime.verified_ms, 0)
JOINED_PERCENT = FinalResult.percent


def with_results(statement: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """Return a statement of enrollments joined with what each amounts to, at most one row of it.

    For very many enrollments a database joins faster than it looks each up.
    """
    return statement.outerjoin(CourseTime, _IS_TIME).outerjoin(FinalResult, _IS_RESULT)


def verified_ms() -> ColumnElement[int]:
    """Return the verified milliseconds of a row's enrollment: over all versions of its course.

    What an earlier version brought stays when the enrollment is moved, also of lessons that are
    taught no more; counting lets no item have more than its longest version.
    """
    kept = select(CourseTime.verified_ms).where(_IS_TIME).correlate(Enrollment)
    return func.coalesce(kept.scalar_subquery(), 0)


def final_percent() -> ColumnElement[int | None]:
    """Return the best graded final test of a row's enrollment, per cent."""
    return select(FinalResult.percent).where(_IS_RESULT).correlate(Enrollment).scalar_subquery()


def ledger_head(session: Session, person_id: int, *, first: int | None = None) -> tuple[int, str]:
    """Return how many slices the person's ledger has, and the hash that stands for all of them.

    ``first`` looks at so many of the oldest alone: the ledger as it was when it had those.
    """
    head = _walked(session, person_id, first)
    return head.entries, head.hash


@dataclass(frozen=True, slots=True)
class LedgerCheck:
    """What recomputing a person's whole ledger found.

    ``broken_at`` is the place of the first entry that does not fit, ``is_cut`` tells that the
    ledger does not end where the learner's clock says.
    """

    entries: int
    head: str
    broken_at: int | None
    is_cut: bool

    @property
    def is_whole(self) -> bool:
        """Tell whether every entry is what it was when it was written, and none is missing."""
        return self.broken_at is None and not self.is_cut


def ledger_check(session: Session, person_id: int) -> LedgerCheck:
    """Recompute the hash of every entry of the person's ledger, oldest first."""
    known = session.execute(
        select(StudyClock.entries, StudyClock.head).where(StudyClock.person_id == person_id)
    ).one_or_none()
    found = _walked(session, person_id, None)
    is_chained = known is not None and known.entries is not None
    is_cut = is_chained and tuple(known or ()) != (found.entries, found.hash)
    return LedgerCheck(found.entries, found.hash, found.broken_at, is_cut)


def _walked(session: Session, person_id: int, first: int | None) -> Head:
    columns = [getattr(WatchSlice, name) for name in COLUMNS]
    rows = session.execute(
        select(*columns)
        .where(WatchSlice.person_id == person_id)
        .order_by(WatchSlice.id)
        .limit(first),
        execution_options={"yield_per": _READ_AT_ONCE},
    )
    return head_of(dict(row) for row in rows.mappings())
