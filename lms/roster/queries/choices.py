"""Reads what a desk's filters may offer: the counties, courses and towns an actor can see."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    String,
    Text,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Course, Institution, Revision, RevisionState
from lms.core.access import Scope, ScopeKind
from lms.db.base import Json, Localized
from lms.enrollment.models import Enrollment, TrainingClass
from lms.enrollment.queries import class_in_scope
from lms.roster.domain.filters import Filters


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing a filter may be set to."""

    value: str
    words: Localized


@dataclass(frozen=True, slots=True)
class Reach:
    """What lies inside scopes: whole counties, the courses taught or taken, their schools."""

    counties: tuple[Choice, ...]
    courses: tuple[Choice, ...]
    institutions: tuple[Choice, ...]
    classes: tuple[Choice, ...] = ()
    """Of the classes those that were asked about; there are too many to name them all."""

    def holds(self, filters: Filters) -> bool:
        """Tell whether every county, course, institution and class the filters name is in it."""
        named = (
            (filters.county, self.counties),
            (filters.course, self.courses),
            (filters.institution, self.institutions),
            (filters.training_class and str(filters.training_class), self.classes),
        )
        return all(
            value in {choice.value for choice in choices} for value, choices in named if value
        )


def reach(session: Session, scopes: Iterable[Scope], filters: Filters | None = None) -> Reach:
    """Return the actor's reach, in one statement; with the class that filters name, if any."""
    wanted = tuple(scopes)
    statements = reach_parts(wanted)
    if filters and filters.training_class:
        named = TrainingClass.id == filters.training_class
        statements.append(class_part(wanted).where(named))
    parts = union_all(*statements).subquery()
    return counted(session.execute(select(parts).order_by(parts.c.place, parts.c.value)).all())


def reach_parts(scopes: tuple[Scope, ...]) -> list[Select[*tuple[object, ...]]]:
    """Return the statements of a reach, to be asked as one; the first names the columns."""
    return [_counties(scopes), _courses(scopes), _institutions(scopes)]


def class_part(scopes: tuple[Scope, ...]) -> Select[*tuple[Any, ...]]:
    """Return the statement of the classes inside scopes, newest first when ordered."""
    titles = (TrainingClass.title, TrainingClass.title, cast(null(), Json))
    return select(
        literal("class"), -TrainingClass.id, cast(TrainingClass.id, String), *titles
    ).where(class_in_scope(scopes))


def counted(rows: Iterable[Row[*tuple[Any, ...]]]) -> Reach:
    """Return the reach among the rows of its statements; others may lie between."""
    found: dict[str, dict[str, Choice]] = {kind: {} for kind in _KINDS}
    for row in rows:
        if row.kind in found:
            words = row.words or {"zh": row.name_zh, "en": row.name_en}
            found[row.kind][row.value] = Choice(row.value, words)
    return Reach(*(tuple(choices.values()) for choices in found.values()))


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


_KINDS = ("county", "course", "institution", "class")


def _counties(scopes: tuple[Scope, ...]) -> Select[*tuple[object, ...]]:
    codes = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    everywhere = any(scope.kind is ScopeKind.PLATFORM for scope in scopes)
    names = (County.name_zh.label("name_zh"), County.name_en.label("name_en"))
    return select(
        literal("county").label("kind"),
        literal(0).label("place"),
        County.code.label("value"),
        *names,
        cast(null(), Json).label("words"),
    ).where(true() if everywhere else County.code.in_(codes))


def _courses(scopes: tuple[Scope, ...]) -> Select[*tuple[object, ...]]:
    return (
        select(literal("course"), Course.id, Course.slug, *_NAMELESS, Revision.title)
        .join(
            Revision,
            (Revision.course_id == Course.id) & (Revision.state == RevisionState.PUBLISHED),
        )
        .join(Institution, Institution.id == Course.institution_id)
        .where(_inside(scopes))
    )


def _institutions(scopes: tuple[Scope, ...]) -> Select[*tuple[object, ...]]:
    taught = select(Course.id).where(Course.institution_id == Institution.id, _inside(scopes))
    return select(
        literal("institution"), Institution.id, Institution.slug, *_NAMELESS, Institution.name
    ).where(taught.exists())


_NAMELESS = (cast(null(), Text), cast(null(), Text))


def _inside(scopes: tuple[Scope, ...]) -> ColumnElement[bool]:
    return or_(false(), *(_teaches(scope) for scope in scopes))


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
