"""Reads in one statement all a page's filters offer, and what its reader keeps for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    String,
    Text,
    cast,
    func,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Course
from lms.core.access import Scope, ScopeKind
from lms.db.base import Json
from lms.enrollment.models import TrainingClass
from lms.roster.domain.filters import Filters
from lms.roster.models import ListColumns, SavedFilter
from lms.roster.queries.choices import Choice, Reach, class_part, counted, reach_parts

# A longer list of classes helps nobody; older ones are found by their own page.
_MOST_CLASSES = 100
_NAMELESS = (cast(null(), Text), cast(null(), Text), cast(null(), Json))


@dataclass(frozen=True, slots=True)
class Saved:
    """Filters kept under a name."""

    id: int
    name: str
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Offers:
    """What filters may be set to, the filters kept, and the columns chosen, if any were."""

    reach: Reach
    towns: Sequence[str]
    saved: Sequence[Saved]
    columns: Sequence[str] | None

    @property
    def classes(self) -> Sequence[Choice]:
        """Return the newest classes that fit the filters, and the one chosen."""
        return self.reach.classes

    def holds(self, filters: Filters) -> bool:
        """Tell whether all the filters name lies in reach."""
        return self.reach.holds(filters)


def offers(session: Session, scopes: tuple[Scope, ...], filters: Filters, person_id: int) -> Offers:
    """Return what a page with these filters offers to somebody."""
    parts = union_all(
        *reach_parts(scopes),
        _towns(scopes, filters),
        *_classes(scopes, filters),
        _saved(person_id),
        _columns(person_id),
    ).subquery()
    rows = session.execute(select(parts).order_by(parts.c.place, parts.c.value)).all()
    chosen = [row.words for row in rows if row.kind == "columns"]
    return Offers(
        counted(rows),
        [row.value for row in rows if row.kind == "town"],
        [Saved(row.place, row.value, row.words) for row in rows if row.kind == "saved"],
        chosen[0] if chosen else None,
    )


def _towns(scopes: tuple[Scope, ...], filters: Filters) -> Select[*tuple[Any, ...]]:
    """Return the towns of the county chosen, or of the only one, by steps through the index."""
    county = _county(scopes, filters)
    found = select(func.min(Person.town).label("town")).where(Person.county_code == county)
    found_towns = found.cte("found", recursive=True)
    following = (
        select(func.min(Person.town))
        .where(Person.county_code == county, Person.town > found_towns.c.town)
        .scalar_subquery()
    )
    found_towns = found_towns.union_all(select(following).where(found_towns.c.town.is_not(None)))
    return select(literal("town"), literal(0), found_towns.c.town, *_NAMELESS).where(
        found_towns.c.town.is_not(None)
    )


def _county(scopes: tuple[Scope, ...], filters: Filters) -> ColumnElement[Any]:
    if filters.county:
        return literal(filters.county)
    if any(scope.kind is ScopeKind.PLATFORM for scope in scopes):
        only = select(func.min(County.code)).having(func.count() == 1)
        return only.scalar_subquery()
    codes = {scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY}
    return literal(codes.pop() if len(codes) == 1 else None, String)


def _classes(scopes: tuple[Scope, ...], filters: Filters) -> list[Select[*tuple[Any, ...]]]:
    """Return the newest classes that fit, and the one chosen however old it is."""
    newest = every = class_part(scopes)
    if filters.county:
        newest = newest.where(TrainingClass.county_code == filters.county)
    if filters.course:
        slug = select(Course.id).where(Course.slug == filters.course).scalar_subquery()
        newest = newest.where(TrainingClass.course_id == slug)
    newest = newest.order_by(TrainingClass.id.desc()).limit(_MOST_CLASSES)
    offered = [select(newest.subquery())]
    if filters.training_class:
        offered.append(every.where(TrainingClass.id == filters.training_class))
    return offered


def _saved(person_id: int) -> Select[*tuple[Any, ...]]:
    name = (SavedFilter.name, *_NAMELESS[:2], SavedFilter.query)
    return select(literal("saved"), SavedFilter.id, *name).where(SavedFilter.person_id == person_id)


def _columns(person_id: int) -> Select[*tuple[Any, ...]]:
    chosen = (literal(""), *_NAMELESS[:2], ListColumns.chosen)
    return select(literal("columns"), literal(0), *chosen).where(ListColumns.person_id == person_id)
