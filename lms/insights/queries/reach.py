"""Reads what an actor may look at figures of, and what filters may offer."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, false, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.models import Course, Institution, Programme, Revision, RevisionState
from lms.core.access import Scope, ScopeKind
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.insights.domain.filters import UNKNOWN, Filters
from lms.insights.domain.tallies import ALL_COURSES
from lms.insights.models import FigureCell, FigureRefused

# Who answers for all that is studied in a place.
_WHOLE = (ScopeKind.PLATFORM, ScopeKind.COUNTY)
_Rolled = type[FigureCell] | type[FigureRefused]


@dataclass(frozen=True, slots=True)
class Known:
    """A course with its programme and institution; the programme's words are empty without one."""

    id: int
    slug: str
    title: Localized
    institution: str
    institution_name: Localized
    programme: str | None
    programme_title: Localized | None


@dataclass(frozen=True, slots=True)
class Reach:
    """The counties somebody answers for, and the courses there are."""

    scopes: tuple[Scope, ...]
    counties: Sequence[tuple[str, Localized]]
    courses: Sequence[Known]

    def require(self, filters: Filters) -> None:
        """Raise ``NotFound`` where a filter names what is out of reach or is not there."""
        known = (
            (filters.county, {code for code, _ in self.counties}),
            (filters.course, {each.slug for each in self.courses}),
            (filters.institution, {each.institution for each in self.courses}),
            (filters.programme, {each.programme for each in self.courses}),
        )
        if any(value and value not in values for value, values in known):
            raise NotFound

    def cells(self, filters: Filters, *, in_detail: bool = False) -> ColumnElement[bool]:
        """Return the condition of the cells that are in reach and fit, whatever their town.

        Where nothing tells groups and courses apart, those are the cells of all of them.
        """
        is_whole = all(scope.kind in _WHOLE for scope in self.scopes)
        named = (filters.group, filters.course, filters.institution, filters.programme)
        if in_detail or not is_whole or any(named):
            return and_(self._inside(filters, FigureCell), FigureCell.course_id != ALL_COURSES)
        return and_(self._inside(filters, FigureCell), FigureCell.course_id == ALL_COURSES)

    def losses(self, filters: Filters) -> ColumnElement[bool]:
        """Return the condition of the refused time that is in reach and fits."""
        return self._inside(filters, FigureRefused)

    def _inside(self, filters: Filters, rolled: _Rolled) -> ColumnElement[bool]:
        found = [or_(false(), *(_scope(scope, rolled) for scope in self.scopes))]
        if filters.county:
            found.append(rolled.county_code == filters.county)
        if filters.group:
            group = "" if filters.group == UNKNOWN else filters.group
            found.append(rolled.person_group == group)
        if filters.course or filters.institution or filters.programme:
            found.append(rolled.course_id.in_([each.id for each in self.courses_of(filters)]))
        return and_(*found)

    def courses_of(self, filters: Filters) -> list[Known]:
        """Return the courses that filters leave."""
        return [
            each
            for each in self.courses
            if filters.course in (None, each.slug)
            and filters.institution in (None, each.institution)
            and filters.programme in (None, each.programme)
        ]

    def only(self, filters: Filters) -> tuple[str, Localized] | None:
        """Return the one county that is looked at, if it is one."""
        found = [each for each in self.counties if filters.county in (None, each[0])]
        return found[0] if len(found) == 1 else None


def reach(session: Session, scopes: Iterable[Scope]) -> Reach:
    """Return what lies inside the scopes, in two statements."""
    wanted = tuple(scopes)
    codes = [scope.id for scope in wanted if scope.kind is ScopeKind.COUNTY]
    is_everywhere = any(scope.kind is ScopeKind.PLATFORM for scope in wanted)
    counties = session.execute(
        select(County.code, County.name_zh, County.name_en)
        .where(true() if is_everywhere else County.code.in_(codes))
        .order_by(County.code)
    )
    return Reach(
        wanted, [(row[0], {"zh": row[1], "en": row[2]}) for row in counties], _courses(session)
    )


def _courses(session: Session) -> list[Known]:
    rows = session.execute(
        select(
            *(Course.id, Course.slug, Revision.title, Institution.slug, Institution.name),
            *(Programme.slug, Programme.title),
        )
        .join(Institution, Institution.id == Course.institution_id)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .outerjoin(
            Revision,
            (Revision.course_id == Course.id) & (Revision.state == RevisionState.PUBLISHED),
        )
        .order_by(Course.id)
    )
    return [Known(*row[:2], row[2] or {"zh": row[1]}, *row[3:]) for row in rows]


def _scope(scope: Scope, rolled: _Rolled) -> ColumnElement[bool]:
    if scope.kind is ScopeKind.PLATFORM:
        return true()
    if scope.kind is ScopeKind.COUNTY:
        return rolled.county_code == scope.id
    if scope.kind is ScopeKind.COURSE and scope.id.isdecimal():
        return rolled.course_id == int(scope.id)
    if scope.kind is ScopeKind.INSTITUTION and scope.id.isdecimal():
        own = select(Course.id).where(Course.institution_id == int(scope.id))
        return rolled.course_id.in_(own)
    return false()
