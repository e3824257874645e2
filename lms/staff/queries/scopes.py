"""Who and what lies inside an actor's scopes, what encloses a scope, where roles may be given."""

import json
from collections.abc import Sequence
from typing import Any, TypeVar

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    cast,
    exists,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
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
_PLATFORM = ScopeKind.PLATFORM.value
_EVERYWHERE = {"zh": "整个平台", "en": "The whole platform"}


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
    """Return a person the actor may act on by the permission; one who was erased is nobody.

    Raises ``NotFound``.
    """
    found = session.scalar(
        select(Person).where(
            Person.id == person_id,
            Person.erased_at.is_(None),
            in_reach(actor.scopes_for(permission)),
        )
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
    scopes = actor.scopes_for(Permission.ROLES_GRANT)
    if not scopes:
        return []
    everywhere = Scope(ScopeKind.PLATFORM) in scopes
    codes = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    own = County.code.in_(codes) if not everywhere else true()
    counties = _offer(ScopeKind.COUNTY, County.code, County.name_zh, County.name_en).where(own)
    schools = _offer(ScopeKind.INSTITUTION, Institution.id, cast(Institution.name, String())).join(
        County, County.code == Institution.county_code
    )
    runs = _offer(ScopeKind.CLASS, TrainingClass.id, TrainingClass.title).join(
        County, County.code == TrainingClass.county_code
    )
    lately = runs.where(own).order_by(TrainingClass.id.desc()).limit(_CLASSES_OFFERED).subquery()
    rows = session.execute(union_all(counties, schools.where(own), select(lately)))
    found: list[tuple[str, Localized]] = [(_PLATFORM, dict(_EVERYWHERE))] if everywhere else []
    return found + [(f"{row.kind}:{row.place}", _words(row)) for row in rows]


def _offer(
    kind: ScopeKind,
    key: Any,  # noqa: ANN401 (a column)
    zh: Any,  # noqa: ANN401 (a column)
    en: Any = None,  # noqa: ANN401 (a column)
) -> Select[Any]:
    english = null() if en is None else en
    columns: tuple[Any, ...] = (
        literal(kind.value).label("kind"),
        cast(key, String()).label("place"),
        zh.label("zh"),
        cast(english, String()).label("en"),
    )
    return select(*columns)


def _words(row: Row[Any]) -> Localized:
    if row.kind == ScopeKind.INSTITUTION:
        words: Localized = json.loads(row.zh)
        return words
    return {"zh": row.zh, "en": row.en} if row.en else {"zh": row.zh}


def _require(found: _Found | None) -> _Found:
    if found is None:
        raise NotFound
    return found
