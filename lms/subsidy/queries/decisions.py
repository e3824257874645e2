"""Reads stored decisions, what is due, and whom a round over everybody has not reached yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.catalog.models import Course
from lms.db.among import among
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment
from lms.progress.models import StudyClock
from lms.subsidy.domain.record import Recorded
from lms.subsidy.models import EligibilityDecision, EligibilityDue
from lms.subsidy.queries.shelves import policies_of, stored_versions

Pair = tuple[int, int]  # person, programme


@dataclass(frozen=True, slots=True)
class Last:
    """The last decision for a person and a programme."""

    number: int
    policy_version_id: int | None
    basis_sha256: str
    decided_at: datetime
    outcome: str
    amount_fen: int | None
    decision_id: int


def last_decisions(session: Session, people: Iterable[int]) -> dict[Pair, Last]:
    """Return the last decision of each person and programme."""
    rows = session.execute(_LAST, {"people": list(people)})
    # A person has few of them; of each programme the last one stays.
    return {(each[0], each[1]): Last(*each[2:]) for each in rows}


_LAST = (
    select(
        EligibilityDecision.person_id,
        EligibilityDecision.programme_id,
        EligibilityDecision.number,
        EligibilityDecision.policy_version_id,
        EligibilityDecision.basis_sha256,
        EligibilityDecision.decided_at,
        EligibilityDecision.outcome,
        EligibilityDecision.amount_fen,
        EligibilityDecision.id,
    )
    .where(among(EligibilityDecision.person_id, "people"))
    .order_by(EligibilityDecision.number)
)


def stored_decisions(session: Session, *, after: int, limit: int) -> list[Recorded]:
    """Return the next decisions by id, each with the version it names."""
    row = EligibilityDecision
    rows = session.execute(
        select(
            *(row.id, row.facts, row.policy_version_id),
            *(row.outcome, row.amount_fen, row.results),
        )
        .where(row.id > after)
        .order_by(row.id)
        .limit(limit)
    ).all()
    stored = {each.id: each for each in stored_versions(session).values()}
    named = {each[2] for each in rows if each[2] is not None}
    wanted = [stored[each] for each in sorted(named)]
    policies = dict(zip((each.id for each in wanted), policies_of(session, wanted), strict=True))
    return [Recorded(each[0], each[1], policies.get(each[2]), *each[3:]) for each in rows]


def due(session: Session, *, now: datetime, limit: int) -> list[Pair]:
    """Lock and return what is due the longest and nobody works on; what comes due later waits."""
    rows = session.execute(
        select(EligibilityDue.person_id, EligibilityDue.programme_id)
        .where(EligibilityDue.since <= now)
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


def person_range(session: Session) -> tuple[int, int]:
    """Return the first and the last id of people who take a course; an empty range for nobody."""
    row = session.execute(
        select(func.min(Enrollment.person_id), func.max(Enrollment.person_id))
    ).one()
    return (row[0], row[1]) if row[0] is not None else (1, 0)


def count_people(session: Session) -> int:
    """Return how many people take a course of some programme."""
    counted = (
        select(func.count(Enrollment.person_id.distinct()))
        .join(Course, Course.id == Enrollment.course_id)
        .where(Enrollment.status.in_(LIVE), Course.programme_id.is_not(None))
    )
    return session.scalar(counted) or 0


def people_from(session: Session, *, after: int, limit: int, upto: int | None = None) -> list[int]:
    """Return the next people, by id (none above ``upto``), who take a course of some programme."""
    last = [Enrollment.person_id <= upto] if upto is not None else []
    return list(
        session.scalars(
            select(Enrollment.person_id)
            .join(Course, Course.id == Enrollment.course_id)
            .where(
                Enrollment.person_id > after,
                *last,
                Enrollment.status.in_(LIVE),
                Course.programme_id.is_not(None),
            )
            .distinct()
            .order_by(Enrollment.person_id)
            .limit(limit)
        )
    )
