"""Finds a page of a list in bounded work, however long the list and however rare what fits.

A filter first finds the cells that fit (few). Of each cell the index gives the newest line behind
the cursor; no line of the page can stand in another cell than those whose newest lines are the
newest of all, so that only as many cells are read on as the page has lines.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Row,
    Select,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.core.access import ScopeKind
from lms.db.among import among
from lms.db.base import UtcDateTime
from lms.roster.domain.filters import Place, Status
from lms.roster.models import FoundBy, RosterCell, RosterLine
from lms.roster.queries.merging import COUNTED, Window, merged
from lms.roster.queries.selecting import (
    Selection,
    cells_within,
    classes_of,
    moment,
    of_cells,
    of_lines,
    people_meant,
    record_of,
    within,
)

# So many people are looked at of those a search finds.
MOST_PEOPLE = 500
# Beyond so many cells nearly everything fits, and reading on through the whole list is short.
_MOST_CELLS = 4_000


@dataclass(frozen=True, slots=True)
class Keys:
    """The records of a page in the order of the list, and what lies around them.

    ``total`` is at most one more than ``COUNTED``. ``is_part`` tells that a search found more
    people than were looked at.
    """

    ids: tuple[int, ...]
    newer: Place | None
    older: Place | None
    total: int
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """What narrows the lines: cells (``None``: no need to look), and people of a search."""

    cells: tuple[int, ...] | None
    people: tuple[int, ...] | None
    is_part: bool

    @property
    def given(self) -> dict[str, list[int]]:
        """Return what statements take of it."""
        return {} if self.people is None else {"people": list(self.people)}


def keys(session: Session, selection: Selection, window: Window) -> Keys:
    """Return the records of a window, in two statements."""
    found = _found(session, selection)
    rows = _rows(session, selection, window, found)
    back = window.before is not None
    more, rows = len(rows) > window.limit, rows[: window.limit]
    if back:
        rows = rows[::-1]
    places = [Place(row.at, row.id) for row in rows]
    has_newer = bool(rows) and (more if back else window.after is not None)
    has_older = bool(rows) and (more or back)
    total = rows[0].total if rows else 0
    if not rows and window.cursor:
        total = session.scalar(select(_total(selection, found)), found.given) or 0
    return Keys(
        tuple(place.enrollment_id for place in places),
        places[0] if has_newer else None,
        places[-1] if has_older else None,
        total,
        found.is_part,
    )


def _found(session: Session, selection: Selection) -> _Found:
    filters = selection.filters
    if filters.q:
        return _people_found(session, selection, filters.q)
    if _is_whole(selection) or _by_class(selection):
        return _Found(None, None, is_part=False)
    cells = select(RosterCell.id).where(cells_within(selection.scopes), *of_cells(filters))
    return _Found(tuple(session.scalars(cells.limit(_MOST_CELLS + 1))), None, is_part=False)


def _people_found(session: Session, selection: Selection, q: str) -> _Found:
    people = people_meant(q)
    if people is None:
        return _Found(None, (), is_part=False)
    parts = [select(each.subquery()) for each in _people(selection, people)]
    own = tuple(dict.fromkeys(session.scalars(union_all(*parts))))
    return _Found(None, own[:MOST_PEOPLE], is_part=len(own) > MOST_PEOPLE)


def _is_whole(selection: Selection) -> bool:
    """Tell whether every line fits that has the moment the list goes by."""
    filters = selection.filters
    narrowing = (filters.county, filters.course, filters.institution, filters.group, filters.town)
    return (
        any(scope.kind is ScopeKind.PLATFORM for scope in selection.scopes)
        and filters.status in (Status.ALL, Status.COMPLETED)
        and not any(narrowing)
    )


def _by_class(selection: Selection) -> bool:
    """Tell whether a class or records chosen bound the list by themselves."""
    return bool(
        selection.filters.training_class or selection.filters.ids or classes_of(selection.scopes)
    )


def _people(selection: Selection, found: Select[int]) -> list[Select[int]]:
    """Return the statements of people a search means: first of the counties in reach."""
    codes = {s.id for s in selection.scopes if s.kind is ScopeKind.COUNTY}
    if selection.filters.county:
        codes = {selection.filters.county}
    wanted = found.limit(MOST_PEOPLE + 1)
    if FoundBy.__table__ not in found.get_final_froms():
        return [wanted]
    # By county one range of the index each, wherever the people may be.
    everywhere = wanted.where(FoundBy.county_code.in_(select(County.code)))
    if not codes:
        return [everywhere]
    return [wanted.where(FoundBy.county_code.in_(sorted(codes))), everywhere]


def _rows(
    session: Session, selection: Selection, window: Window, found: _Found
) -> Sequence[Row[Any]]:
    if found.cells is not None and len(found.cells) <= _MOST_CELLS:
        if not found.cells:
            return ()
        return merged(session, selection.filters, window, found.cells)
    statement, at, enrollment = _counted(selection, found)
    place, back = tuple_(at, enrollment), window.before is not None
    if window.cursor:
        cursor = tuple_(
            literal(window.cursor.at, UtcDateTime()), literal(window.cursor.enrollment_id)
        )
        statement = statement.where(place > cursor if back else place < cursor)
    order = (at, enrollment)
    statement = statement.order_by(*(order if back else (each.desc() for each in order)))
    return session.execute(statement.limit(window.limit + 1), found.given).all()


def _counted(selection: Selection, found: _Found) -> tuple[Select[Any], Any, Any]:
    """Return the lines that fit with how many there are, their moment and their record."""
    at = moment(selection.filters)
    lines = _lines(selection).add_columns(at.label("at"))
    if found.people is None:
        total = _total(selection, found).label("total")
        return lines.add_columns(total), at, RosterLine.enrollment_id
    # A search finds few lines, all of which a page puts in order: counted while they are.
    own = lines.add_columns(func.count().over().label("total")).subquery()
    most = case((own.c.total > COUNTED, COUNTED + 1), else_=own.c.total)
    return select(own.c.id, own.c.at, most.label("total")), own.c.at, own.c.id


def _lines(selection: Selection) -> Select[int]:
    filters, statement = selection.filters, select(RosterLine.enrollment_id.label("id"))
    if not filters.q and not filters.training_class and not filters.ids and _is_whole(selection):
        return statement.where(*of_lines(filters))
    statement = statement.join(RosterCell, RosterCell.id == RosterLine.cell_id).where(
        within(selection.scopes), *of_cells(filters), *of_lines(filters)
    )
    if not filters.q:
        return statement
    record, theirs = record_of(filters.q), among(RosterLine.person_id, "people")
    named = theirs if record is None else or_(theirs, RosterLine.enrollment_id == record)
    return statement.where(named)


def _total(selection: Selection, found: _Found) -> Any:  # noqa: ANN401 (a scalar subquery)
    if found.cells is not None and len(found.cells) <= _MOST_CELLS:
        own = select(RosterLine.enrollment_id).where(
            RosterLine.cell_id.in_(found.cells), *of_lines(selection.filters)
        )
    else:
        own = _lines(selection)
    return select(func.count()).select_from(own.limit(COUNTED + 1).subquery()).scalar_subquery()
