"""Reads what the public may see of a county's month that is over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.models import Course, Programme
from lms.core.clock import local_day
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.insights.domain.months import month_of, moved, span
from lms.insights.domain.suppression import Public, Shown, alone, public
from lms.insights.domain.tallies import ALL_COURSES
from lms.insights.models import FigureCell, FigureMark
from lms.insights.words import OPEN

_MONTHS = 24


@dataclass(frozen=True, slots=True)
class OpenMonth:
    """What is shown of a county's month: completions with their parts, other counts alone.

    ``month`` is ``None`` where none is over and counted yet.
    """

    counties: Sequence[tuple[str, Localized]]
    county: str
    months: Sequence[int]
    month: int | None
    towns: Public[str]
    programmes: Public[str]
    titles: dict[str, Localized]
    counts: Sequence[tuple[str, int | None]]

    @property
    def total(self) -> Shown[str]:
        """Return the completions of the county, where neither table would tell too much."""
        if self.towns.is_closed or self.programmes.is_closed:
            return Shown("", None, self.towns.veil or self.programmes.veil)
        return Shown("", self.towns.total, self.towns.veil)

    @property
    def is_closed(self) -> bool:
        """Tell whether the parts of one table could be told from the other."""
        return self.towns.is_closed or self.programmes.is_closed


def open_month(session: Session, county: str | None, month: int | None) -> OpenMonth:
    """Return a month, the newest that is over where none is named. Raises ``NotFound``.

    A month is over where all of it is counted; while it runs, each day's difference would name
    somebody.
    """
    counties = [
        (row.code, {"zh": row.name_zh, "en": row.name_en})
        for row in session.scalars(select(County).order_by(County.code))
    ]
    if not counties or (county and county not in dict(counties)):
        raise NotFound
    chosen = county or counties[0][0]
    months = _months(session, chosen)
    if month is not None and month not in months:
        raise NotFound
    shown = month or next(iter(months), None)
    towns, programmes, titles, counts = _counted(session, chosen, shown or 0)
    return OpenMonth(
        *(counties, chosen, months, shown, public(towns), public(programmes), titles),
        counts=[(words, alone(counts[name])) for name, words in OPEN],
    )


def _months(session: Session, county: str) -> list[int]:
    row = session.execute(
        select(
            select(FigureMark.as_of).scalar_subquery(),
            select(func.min(FigureCell.month))
            .where(FigureCell.county_code == county)
            .scalar_subquery(),
        )
    ).one()
    if row[0] is None or row[1] is None:
        return []
    over = moved(month_of(local_day(row[0])), -1)
    return span(row[1], over)[::-1][:_MONTHS] if row[1] <= over else []


def _counted(session: Session, county: str, month: int) -> tuple[Any, ...]:
    """Return completions by town and programme, whatever came of them, and the other counts.

    Listed is all that ever had anything, so that being listed tells nothing of the month.
    """
    own = FigureCell
    names = tuple(name for name, _ in OPEN)
    rows = session.execute(
        select(own.town, *(_in(month, name) for name in ("completed", *names)))
        .where(own.county_code == county, own.course_id == ALL_COURSES)
        .group_by(own.town)
    ).all()
    towns = {row[0]: int(row[1]) for row in rows}
    sums = [sum(int(row[place]) for row in rows) for place in range(2, 2 + len(names))]
    programmes, titles = _programmes(session, county, month)
    # What has no name stands last.
    ordered = (sorted(each.items(), key=_order) for each in (towns, programmes))
    return (*ordered, titles, dict(zip(names, sums, strict=True)))


def _programmes(
    session: Session, county: str, month: int
) -> tuple[dict[str, int], dict[str, Localized]]:
    own = FigureCell
    ever = select(own.course_id).where(own.course_id == Course.id, own.county_code == county)
    then = (
        select(func.coalesce(func.sum(own.completed), 0))
        .where(own.course_id == Course.id, own.county_code == county, own.month == month)
        .scalar_subquery()
    )
    found: dict[str, int] = {}
    titles: dict[str, Localized] = {}
    for slug, title, completed in session.execute(
        select(Programme.slug, Programme.title, then)
        .select_from(Course)
        .outerjoin(Programme, Programme.id == Course.programme_id)
        .where(ever.exists())
    ):
        found[slug or ""] = found.get(slug or "", 0) + int(completed)
        titles[slug or ""] = title
    return found, {slug: title for slug, title in titles.items() if slug}


def _order(part: tuple[str, int]) -> tuple[bool, str]:
    return (not part[0], part[0])


def _in(month: int, name: str) -> Any:  # noqa: ANN401 (a column)
    return func.sum(case((FigureCell.month == month, getattr(FigureCell, name)), else_=0))
