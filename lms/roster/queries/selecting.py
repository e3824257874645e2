"""Whose lines a list holds: the actor's scopes, narrowed by filters, as conditions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.models import Person
from lms.catalog.models import Course, Institution
from lms.core.access import Scope, ScopeKind
from lms.core.clock import day_bounds
from lms.enrollment.models import Enrollment
from lms.roster.domain.filters import Filters, Status
from lms.roster.domain.groups import GROUP_BITS
from lms.roster.models import FoundBy, RosterCell, RosterLine
from lms.roster.models.found import PART_SIGNS

_PHONE, _PHONE_TAIL = 11, 4
# Longer ones are no number of a database row.
_LONGEST_NUMBER = 18
_LAST_SIGN = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Selection:
    """Whose rows are wanted: the actor's scopes, narrowed by filters."""

    scopes: tuple[Scope, ...]
    filters: Filters


def selected(selection: Selection) -> Select[int, int, datetime]:
    """Return the statement of a whole list: enrollment, person and moment, newest first.

    The order is total and the same as on the page, so that a server's cursor can read it.
    """
    at = moment(selection.filters)
    return (
        listed(selection)
        .add_columns(RosterLine.person_id, at.label("at"))
        .order_by(at.desc(), RosterLine.enrollment_id.desc())
    )


def listed(selection: Selection) -> Select[int]:
    """Return the statement of a list's enrollments, in no order."""
    statement = select(RosterLine.enrollment_id).join(
        RosterCell, RosterCell.id == RosterLine.cell_id
    )
    return statement.where(*conditions(selection))


def count(session: Session, selection: Selection, *, at_most: int | None = None) -> int:
    """Return how many lines there are; counting stops at ``at_most``."""
    wanted = listed(selection)
    if at_most is not None:
        wanted = wanted.limit(at_most)
    return session.scalar(select(func.count()).select_from(wanted.subquery())) or 0


def in_list_order(
    statement: Select[*tuple[Any, ...]], selection: Selection
) -> Select[*tuple[Any, ...]]:
    """Return a statement of enrollments narrowed to the list's, in its order."""
    return (
        statement.join(RosterLine, RosterLine.enrollment_id == Enrollment.id)
        .join(RosterCell, RosterCell.id == RosterLine.cell_id)
        .where(*conditions(selection))
        .order_by(moment(selection.filters).desc(), RosterLine.enrollment_id.desc())
    )


def conditions(selection: Selection) -> list[ColumnElement[bool]]:
    """Return what a line and its cell have to be to be on the list."""
    filters = selection.filters
    searched = [meant(filters.q)] if filters.q else []
    return [within(selection.scopes), *of_cells(filters), *of_lines(filters), *searched]


def moment(filters: Filters) -> InstrumentedAttribute[Any]:
    """Return the moment a list goes by: of completion where only completed ones are listed."""
    is_done = filters.status is Status.COMPLETED
    return RosterLine.completed_at if is_done else RosterLine.enrolled_at


def within(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return the condition that a line lies inside any of the scopes."""
    return or_(cells_within(scopes), RosterLine.training_class_id.in_(classes_of(scopes)))


def cells_within(scopes: Sequence[Scope]) -> ColumnElement[bool]:
    """Return the condition that all lines of a cell lie inside any of the scopes."""
    return or_(false(), *(_scope(scope) for scope in scopes))


def classes_of(scopes: Sequence[Scope]) -> list[int]:
    """Return the classes that are scopes themselves."""
    return [int(s.id) for s in scopes if s.kind is ScopeKind.CLASS and s.id.isdecimal()]


def _scope(scope: Scope) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return RosterCell.county_code == scope.id
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        taught = select(Course.id).where(Course.institution_id == int(scope.id))
        return RosterCell.course_id.in_(taught)
    if scope.kind is ScopeKind.COURSE and scope.id.isdecimal():
        return RosterCell.course_id == int(scope.id)
    return false()


def of_cells(filters: Filters) -> list[ColumnElement[bool]]:
    """Return what filters ask of cells."""
    found: list[ColumnElement[bool]] = []
    if filters.status is not Status.ALL:
        found.append(RosterCell.status == str(filters.status))
    if filters.county:
        found.append(RosterCell.county_code == filters.county)
    if filters.course:
        slug = select(Course.id).where(Course.slug == filters.course)
        found.append(RosterCell.course_id == slug.scalar_subquery())
    if filters.institution:
        taught = (
            select(Course.id)
            .join(Institution, Institution.id == Course.institution_id)
            .where(Institution.slug == filters.institution)
        )
        found.append(RosterCell.course_id.in_(taught))
    if filters.group:
        bit = GROUP_BITS.get(filters.group, 0)
        found.append(RosterCell.group_bits.bitwise_and(bit) != 0)
    return found


def of_lines(filters: Filters) -> list[ColumnElement[bool]]:
    """Return what filters ask of lines, without the search."""
    at = moment(filters)
    found: list[ColumnElement[bool]] = []
    if filters.status is Status.COMPLETED:
        # The cell says so too; this leads to the index of those who completed.
        found.append(at.is_not(None))
    if filters.town:
        found.append(RosterLine.town == filters.town)
    if filters.training_class:
        found.append(RosterLine.training_class_id == filters.training_class)
    if filters.first_day:
        found.append(at >= day_bounds(filters.first_day)[0])
    if filters.last_day:
        found.append(at < day_bounds(filters.last_day)[1])
    if filters.ids:
        found.append(RosterLine.enrollment_id.in_(filters.ids))
    return found


def record_of(words: str) -> int | None:
    """Return the record number a search may mean."""
    is_number = words.isascii() and words.isdecimal() and len(words) <= _LONGEST_NUMBER
    return int(words) if is_number and len(words) != _PHONE else None


def people_meant(words: str) -> Select[int] | None:
    """Return the people a search may mean: by a part of the name, a phone or its end.

    ``None`` where it can be nothing but a record's number.
    """
    if words.isascii() and words.isdecimal() and len(words) <= _LONGEST_NUMBER:
        if len(words) == _PHONE:
            return select(Person.id).where(Person.phone == words)
        if len(words) != _PHONE_TAIL:
            return None
        return select(FoundBy.person_id).where(FoundBy.part == words)
    begin = words[:PART_SIGNS]
    found = select(FoundBy.person_id).where(
        FoundBy.part >= begin, FoundBy.part < begin + _LAST_SIGN
    )
    if len(words) > PART_SIGNS:
        whole = Person.name.contains(words, autoescape=True)
        found = found.join(Person, Person.id == FoundBy.person_id).where(whole)
    return found


def meant(words: str) -> ColumnElement[bool]:
    """Return the condition that a line is of whom a search means, or is the record itself."""
    people, record = people_meant(words), record_of(words)
    found: list[ColumnElement[bool]] = []
    if people is not None:
        found.append(RosterLine.person_id.in_(people))
    if record is not None:
        found.append(RosterLine.enrollment_id == record)
    return or_(false(), *found)
