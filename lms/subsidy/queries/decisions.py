"""Reads stored decisions, what is due, and whom a round over everybody has not reached yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from lms.catalog.models import Course
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.progress.models import StudyClock
from lms.subsidy.models import EligibilityDecision, EligibilityDue, PolicyVersion

Pair = tuple[int, int]  # person, programme


@dataclass(frozen=True, slots=True)
class Last:
    """The last decision for a person and a programme."""

    number: int
    policy_version_id: int | None
    basis_sha256: str
    decided_at: datetime


def last_decisions(session: Session, people: Iterable[int]) -> dict[Pair, Last]:
    """Return the last decision of each person and programme."""
    wanted = list(people)
    row = EligibilityDecision
    newest = (
        select(row.person_id, row.programme_id, func.max(row.number))
        .where(row.person_id.in_(wanted))
        .group_by(row.person_id, row.programme_id)
    )
    rows = session.execute(
        select(
            *(row.person_id, row.programme_id, row.number),
            *(row.policy_version_id, row.basis_sha256, row.decided_at),
        ).where(
            row.person_id.in_(wanted),
            tuple_(row.person_id, row.programme_id, row.number).in_(newest),
        )
    )
    return {(each[0], each[1]): Last(*each[2:]) for each in rows}


def due(session: Session, *, limit: int) -> list[Pair]:
    """Lock and return what is due the longest and nobody works on."""
    rows = session.execute(
        select(EligibilityDue.person_id, EligibilityDue.programme_id)
        .order_by(EligibilityDue.since, EligibilityDue.person_id, EligibilityDue.programme_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [(row[0], row[1]) for row in rows]


def study_marks(
    session: Session, *, after: int, limit: int
) -> list[tuple[int, int, datetime | None]]:
    """Return, for the next people by id, up to when they studied and when they were last decided.

    The first is a moment of the database's clock in milliseconds.
    """
    rows = session.execute(
        select(
            *(StudyClock.person_id, StudyClock.credit_mark_ms),
            func.max(EligibilityDecision.decided_at),
        )
        .outerjoin(EligibilityDecision, EligibilityDecision.person_id == StudyClock.person_id)
        .where(StudyClock.person_id > after)
        .group_by(StudyClock.person_id)
        .order_by(StudyClock.person_id)
        .limit(limit)
    )
    return [(row[0], row[1], row[2]) for row in rows]


def people_from(session: Session, *, after: int, limit: int) -> list[int]:
    """Return the next people, by id, who take a course of some programme."""
    return list(
        session.scalars(
            select(Enrollment.person_id)
            .join(Course, Course.id == Enrollment.course_id)
            .where(
                Enrollment.person_id > after,
                Enrollment.status.in_(LIVE),
                Course.programme_id.is_not(None),
            )
            .distinct()
            .order_by(Enrollment.person_id)
            .limit(limit)
        )
    )


def stored_versions(session: Session) -> dict[tuple[str, str], tuple[int, str]]:
    """Return row id and digest of each policy version used before."""
    rows = session.execute(
        select(
            *(PolicyVersion.policy_id, PolicyVersion.version),
            *(PolicyVersion.id, PolicyVersion.sha256),
        )
    )
    return {(row[0], row[1]): (row[2], row[3]) for row in rows}
