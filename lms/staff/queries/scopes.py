"""Who and what lies inside an actor's scopes, what encloses a scope, where roles may be given."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import ColumnElement, exists, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts import queries as accounts
from lms.accounts.models import County, Person
from lms.catalog.models import Course, Institution
from lms.core.access import Actor, Permission, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import in_scope

_Found = TypeVar("_Found")
_CLASSES_OFFERED = 100


def in_reach(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return the condition that a person lives in, or learns inside, any of the scopes."""
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return true()
    counties = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    narrower = [scope for scope in scopes if scope.kind is not ScopeKind.COUNTY]
    lives = Person.county_code.in_(counties)
    if not narrower:
        return lives
    return or_(lives, exists().where(Enrollment.person_id == Person.id, in_scope(narrower)))


def person_in_reach(
    session: Session, actor: Actor, permission: Permission, person_id: int
) -> Person:
    """Return a person the actor may act on by the permission. Raises ``NotFound``."""
    found = session.scalar(
        select(Person).where(Person.id == person_id, in_reach(actor.scopes_for(permission)))
    )
    if found is None:
        raise NotFound
    return found


def counties_in_reach(session: Session, actor: Actor, permission: Permission) -> Sequence[County]:
    """Return the counties the permission covers; who works for less than one works in their own."""
    scopes = actor.scopes_for(permission)
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        return accounts.counties(session)
    codes = {scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY}
    if not codes:
        codes = {accounts.person(session, actor.person_id).county_code}
    return [each for each in accounts.counties(session) if each.code in codes]


def scopes_around(session: Session, scope: Scope) -> list[Scope]:
    """Return what encloses a scope: a class lies in its county and institution, and so on.

    Raises ``NotFound`` for a scope that does not exist.
    """
    if scope.kind is ScopeKind.PLATFORM:
        return []
    if scope.kind is ScopeKind.COUNTY:
        _require(accounts.county(session, scope.id))
        return []
    number = int(scope.id) if scope.id.isdecimal() else 0
    if scope.kind is ScopeKind.INSTITUTION:
        school = _require(session.get(Institution, number))
        return [Scope(ScopeKind.COUNTY, school.county_code)]
    if scope.kind is ScopeKind.COURSE:
        return _around_course(session, _require(session.get(Course, number)))
    found = _require(session.get(TrainingClass, number))
    course = Scope(ScopeKind.COURSE, str(found.course_id))
    inner = [course, Scope(ScopeKind.COUNTY, found.county_code)]
    return inner + _around_course(session, session.get_one(Course, found.course_id))


def _around_course(session: Session, course: Course) -> list[Scope]:
    school = session.get_one(Institution, course.institution_id)
    return [
        Scope(ScopeKind.INSTITUTION, str(school.id)),
        Scope(ScopeKind.COUNTY, school.county_code),
    ]


def scopes_to_grant(session: Session, actor: Actor) -> list[tuple[str, Localized]]:
    """Return, written and in words, the scopes in which the actor may give roles: widest first."""
    if not actor.may(Permission.ROLES_GRANT):
        return []
    counties = counties_in_reach(session, actor, Permission.ROLES_GRANT)
    codes = [county.code for county in counties]
    found: list[tuple[str, Localized]] = []
    if Scope(ScopeKind.PLATFORM) in actor.scopes_for(Permission.ROLES_GRANT):
        found.append((ScopeKind.PLATFORM.value, {"zh": "整个平台", "en": "The whole platform"}))
    found += [
        (f"county:{each.code}", {"zh": each.name_zh, "en": each.name_en}) for each in counties
    ]
    schools = select(Institution).where(Institution.county_code.in_(codes)).order_by(Institution.id)
    found += [(f"institution:{school.id}", school.name) for school in session.scalars(schools)]
    classes = (
        select(TrainingClass)
        .where(TrainingClass.county_code.in_(codes))
        .order_by(TrainingClass.id.desc())
        .limit(_CLASSES_OFFERED)
    )
    found += [(f"class:{run.id}", {"zh": run.title}) for run in session.scalars(classes)]
    return found


def _require(found: _Found | None) -> _Found:
    if found is None:
        raise NotFound
    return found
