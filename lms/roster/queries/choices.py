"""Reads what a desk's filters may offer: the counties, courses and towns an actor can see."""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, func, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Course, Institution, Revision, RevisionState
from lms.core.access import Scope, ScopeKind
from lms.db.base import Localized
from lms.enrollment.models import Enrollment


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a filter may be set to."""

    value: str
    words: Localized


def counties(session: Session, scopes: Iterable[Scope]) -> list[Choice]:
    """Return the counties that lie inside the scopes as a whole."""
    wanted = tuple(scopes)
    codes = [scope.id for scope in wanted if scope.kind is ScopeKind.COUNTY]
    everywhere = any(scope.kind is ScopeKind.PLATFORM for scope in wanted)
    rows = session.execute(
        select(County.code, County.name_zh, County.name_en)
        .where(true() if everywhere else County.code.in_(codes))
        .order_by(County.code)
    )
    return [Choice(row.code, {"zh": row.name_zh, "en": row.name_en}) for row in rows]


def courses(session: Session, scopes: Iterable[Scope]) -> list[Choice]:
    """Return the courses that are taught or taken inside the scopes."""
    rows = session.execute(
        select(Course.slug, Revision.title)
        .join(
            Revision,
            (Revision.course_id == Course.id) & (Revision.state == RevisionState.PUBLISHED),
        )
        .join(Institution, Institution.id == Course.institution_id)
        .where(or_(false(), *(_teaches(scope) for scope in scopes)))
        .order_by(Course.id)
    )
    return [Choice(row.slug, row.title) for row in rows]


def reaches_institution(session: Session, scopes: Iterable[Scope], slug: str) -> bool:
    """Tell whether an institution's courses are taught or taken inside the scopes."""
    return (
        session.scalar(
            select(Institution.id)
            .join(Course, Course.institution_id == Institution.id)
            .where(Institution.slug == slug, or_(false(), *(_teaches(scope) for scope in scopes)))
            .limit(1)
        )
        is not None
    )


def towns(session: Session, county_code: str) -> list[str]:
    """Return the towns of a county's people, each found by one step through the index.

    A plain ``DISTINCT`` would read every person of the county for some twenty names.
    """
    first = select(func.min(Person.town).label("town")).where(Person.county_code == county_code)
    found = first.cte("found", recursive=True)
    following = (
        select(func.min(Person.town))
        .where(Person.county_code == county_code, Person.town > found.c.town)
        .scalar_subquery()
    )
    found = found.union_all(select(following).where(found.c.town.is_not(None)))
    return list(session.scalars(select(found.c.town).where(found.c.town.is_not(None))))


def _teaches(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        taken = select(Enrollment.id).where(
            Enrollment.county_code == scope.id, Enrollment.course_id == Course.id
        )
        return or_(Institution.county_code == scope.id, taken.exists())
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        return Institution.id == int(scope.id)
    if scope.kind is ScopeKind.COURSE and scope.id.isdecimal():
        return Course.id == int(scope.id)
    return false()
