"""Merges the newest lines of many cells into a page, by the index of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, TextClause, bindparam, text
from sqlalchemy.orm import Session

from lms.core.clock import day_bounds
from lms.db.base import UtcDateTime
from lms.roster.domain.filters import Filters, Place
from lms.roster.queries.selecting import moment

# Counting stops here; beyond it a page says "more than".
COUNTED = 5_000
# To look at the newest line of each of more cells takes longer than to walk through the newest of
# all: where a page of them fits there, no cell is looked at.
MANY_CELLS, WALKED = 200, 3_000


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a list: behind ``after`` or before ``before``, at most ``limit``."""

    limit: int
    after: Place | None = None
    before: Place | None = None

    @property
    def cursor(self) -> Place | None:
        """Return the place it begins at, whichever way."""
        return self.before or self.after


# A statement that names hundreds of cells would have each weighed before it is answered.
_OWN = {
    "sqlite": "own(id) AS (SELECT value FROM json_each(:cells))",
    "postgresql": "own AS MATERIALIZED (SELECT unnest(CAST(:cells AS bigint[])) AS id)",
}
# The cells whose newest lines are the newest.
_TOPS = {
    "sqlite": (
        "SELECT z.cell_id FROM (SELECT (SELECT x.enrollment_id FROM roster_line x "
        "WHERE x.cell_id = roster_cell.id{bounds} ORDER BY {order} LIMIT 1) AS top "
        "FROM roster_cell WHERE roster_cell.id IN (SELECT id FROM own){unless}) AS newest "
        "JOIN roster_line z ON z.enrollment_id = newest.top ORDER BY {newest} LIMIT {limit}"
    ),
    "postgresql": (
        "SELECT z.cell_id, z.{at} AS at FROM "
        "(SELECT id FROM own WHERE true{unless}) AS own "
        "CROSS JOIN LATERAL (SELECT x.cell_id, x.{at}, x.enrollment_id FROM roster_line x "
        "WHERE x.cell_id = own.id{bounds} ORDER BY {order} LIMIT 1) AS z "
        "ORDER BY {newest} LIMIT {limit}"
    ),
}
# As many lines of each as the page may need: where as many cells as it has lines have a top, none
# is beyond the last of these.
_MERGE = {
    "sqlite": (
        "SELECT y.enrollment_id AS id, y.{at} AS at FROM tops JOIN roster_line y "
        "ON y.enrollment_id IN (SELECT x.enrollment_id FROM roster_line x "
        "WHERE x.cell_id = tops.cell_id{bounds} ORDER BY {order} LIMIT {limit})"
    ),
    "postgresql": (
        "SELECT y.id, y.at FROM tops CROSS JOIN LATERAL "
        "(SELECT x.enrollment_id AS id, x.{at} AS at FROM roster_line x "
        "WHERE x.cell_id = tops.cell_id{bounds} AND x.{at} {within} coalesce("
        "(SELECT {utmost}(at) FROM tops HAVING count(*) = {limit}), '{nowhere}') "
        "ORDER BY {order} LIMIT {limit}) AS y"
    ),
}
# The lines of a page that stand among the newest of all, if it has as many.
_WALK = (
    "walk AS (SELECT x.enrollment_id AS id, x.{at} AS at FROM (SELECT x.* FROM roster_line x "
    "WHERE true{reach} ORDER BY {order} LIMIT {walked}) AS x "
    "WHERE (x.cell_id IN (SELECT id FROM own)) IS TRUE ORDER BY {order} LIMIT {limit}), "
)
_UNLESS = " AND (SELECT count(*) FROM walk) < {limit}"
_WALKED_LINES = "SELECT id, at FROM walk WHERE (SELECT count(*) FROM walk) = {limit} UNION ALL "
# Cell by cell, so that PostgreSQL never reads all lines to find the few of rare cells.
_COUNT = {
    "sqlite": "SELECT 1 FROM roster_line x WHERE x.cell_id IN (SELECT id FROM own){range}",
    "postgresql": (
        "SELECT 1 FROM own CROSS JOIN LATERAL (SELECT 1 FROM roster_line x "
        "WHERE x.cell_id = own.id{range} LIMIT {counted}) AS each"
    ),
}
_PAGE = (
    "WITH {cells}, {walk}tops AS ({tops}) "
    "SELECT lines.id, lines.at, "
    "(SELECT count(*) FROM ({count} LIMIT {counted}) AS counted) AS total "
    "FROM ({walked_lines}{merge}) AS lines ORDER BY {last} LIMIT {limit}"
)


def merged(
    session: Session, filters: Filters, window: Window, cells: Sequence[int]
) -> Sequence[Row[Any]]:
    """Return the places of a window over the lines of cells, and one more where there are more.

    Each row has ``id``, ``at`` and ``total``, which is at most one more than ``COUNTED``.
    """
    engine = session.get_bind().dialect.name
    brackets = "[{}]" if engine == "sqlite" else "{{{}}}"
    asked = {"cells": brackets.format(",".join(map(str, cells)))}
    given = {k: v for k, v in {**asked, **_values(filters, window)}.items() if v is not None}
    # A town's lines are too few among them.
    is_walked = len(cells) > MANY_CELLS and not filters.town
    return session.execute(_merging(engine, filters, window, is_walked=is_walked), given).all()


def _values(filters: Filters, window: Window) -> dict[str, Any]:
    cursor = window.cursor
    return {
        "town": filters.town,
        "first": filters.first_day and day_bounds(filters.first_day)[0],
        "last": filters.last_day and day_bounds(filters.last_day)[1],
        "at": cursor and cursor.at,
        "id": cursor and cursor.enrollment_id,
    }


def _merging(engine: str, filters: Filters, window: Window, *, is_walked: bool) -> TextClause:
    places = _places(filters, window)
    fixed = {
        "walk": _WALK if is_walked else "",
        "unless": _UNLESS if is_walked else "",
        "walked_lines": _WALKED_LINES if is_walked else "",
        "cells": _OWN[engine],
        "tops": _TOPS[engine],
        "count": _COUNT[engine],
        "merge": _MERGE[engine],
    }
    asked = _PAGE
    for name in ("cells", "walk", "tops", "count", "walked_lines", "merge", "unless"):
        asked = asked.replace(f"{{{name}}}", fixed[name])
    values = _values(filters, window)
    moments = [
        bindparam(name, type_=UtcDateTime())
        for name in ("first", "last", "at")
        if values[name] is not None
    ]
    found = text(asked.format(**places)).bindparams(*moments)
    return found.columns(at=UtcDateTime())  # type: ignore[return-value]  # rows alike


def _places(filters: Filters, window: Window) -> dict[str, Any]:
    """Return what the parts of the statement say where they differ."""
    at, back = moment(filters).key, window.before is not None
    days = f" AND x.{at} IS NOT NULL"
    days += f" AND x.{at} >= :first" if filters.first_day else ""
    days += f" AND x.{at} < :last" if filters.last_day else ""
    town = " AND x.town = :town" if filters.town else ""
    way = "ASC" if back else "DESC"
    behind = f" AND (x.{at}, x.enrollment_id) {'>' if back else '<'} (:at, :id)"
    behind = behind if window.cursor else ""
    return {
        "at": at,
        "reach": days + behind,
        "range": days + town,
        "bounds": days + town + behind,
        "order": f"x.{at} {way}, x.enrollment_id {way}",
        "newest": f"z.{at} {way}, z.enrollment_id {way}",
        "within": "<=" if back else ">=",
        "utmost": "max" if back else "min",
        "nowhere": "infinity" if back else "-infinity",
        "last": f"lines.at {way}, lines.id {way}",
        "limit": window.limit + 1,
        "counted": COUNTED + 1,
        "walked": WALKED,
    }
