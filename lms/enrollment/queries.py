"""Reads who takes which course."""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, false, or_, select, true
from sqlalchemy.orm import Session

from lms.catalog.models import Course
from lms.core.access import Scope, ScopeKind
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment


def live(session: Session, *, person_id: int, course_id: int) -> Enrollment | None:
    """Return the person's active or completed enrollment in the course."""
    return session.scalar(
        select(Enrollment).where(
            Enrollment.person_id == person_id,
            Enrollment.course_id == course_id,
            Enrollment.status.in_(LIVE),
        )
    )


def live_of_person(session: Session, person_id: int) -> list[Enrollment]:
    """Return the person's active and completed enrollments, newest first."""
    return list(
        session.scalars(
            select(Enrollment)
            .where(Enrollment.person_id == person_id, Enrollment.status.in_(LIVE))
            .order_by(Enrollment.id.desc())
        )
    )


def in_scope(scopes: Iterable[Scope]) -> ColumnElement[bool]:
    """Return the condition that an enrollment lies inside any of the scopes."""
    return or_(false(), *(_scope(scope) for scope in scopes))


def _scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return Enrollment.county_code == scope.id
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        return Enrollment.course_id.in_(
            select(Course.id).where(Course.institution_id == int(scope.id))
        )
    if scope.kind is ScopeKind.COURSE and scope.id.isdecimal():
        return Enrollment.course_id == int(scope.id)
    return false()
