"""Reads the subsidies that the person's own courses lead to."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lms.catalog.gateway import known_programmes
from lms.catalog.outline import CourseView
from lms.learning.queries.courses import EnrolledCourse
from lms.subsidy import queries
from lms.subsidy.domain.policy import Kind, Policy
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Meter


@dataclass(frozen=True, slots=True)
class Offer:
    """The subsidy a course may lead to for whoever joins it today."""

    policy: Policy
    amount_fen: int | None

    @property
    def conditions(self) -> int:
        """Return how many conditions there are; the time to apply is told beside them."""
        return sum(clause.kind is not Kind.WINDOW for clause in self.policy.clauses)


def offer_of(session: Session, course: CourseView, *, today: date) -> Offer | None:
    """Return the subsidy a course may lead to; one small statement for a course of a programme."""
    known = known_programmes().get(course.programme_slug or "")
    if known is None:
        return None
    policy = queries.shelf_now(session, shelf()).covering(course.programme_slug or "", today)
    if policy is None:
        return None
    return Offer(policy, policy.amount_fen.get(known.level))


def own_subsidies(session: Session, person_id: int, *, today: date) -> list[Meter]:
    """Return how far the person is from each subsidy, what is paid for first."""
    return queries.meters(session, person_id, shelf=shelf(), today=today)


def subsidies_of(
    session: Session, own: EnrolledCourse | None, *, person_id: int | None, today: date
) -> list[Meter]:
    """Return the meters of the subsidies one of the person's courses leads to."""
    if own is None or person_id is None or own.standing.course.programme is None:
        return []
    return [
        meter
        for meter in own_subsidies(session, person_id, today=today)
        if any(each.enrollment_id == own.enrollment_id for each in meter.courses)
    ]
