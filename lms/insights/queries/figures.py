"""Reads figures for pages, from rolled-up rows alone."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, cast, func, select
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.db.base import BigId, Localized
from lms.insights.domain.filters import Dimension, Filters
from lms.insights.domain.groups import GROUP_ORDER, NO_GROUP
from lms.insights.domain.months import written
from lms.insights.domain.shares import Budget
from lms.insights.domain.tallies import ALL_COURSES, MEASURES, NO_COURSE, REACHED, Amounts
from lms.insights.models import FigureCell, FigureMark, FigureRefused, SubsidyBudget
from lms.insights.queries.reach import Known, Reach
from lms.progress.domain.state import Reason
from lms.progress.models import StudyFlag
from lms.subsidy.domain.claim_states import ClaimState
from lms.subsidy.models import SubsidyClaim

# What a page asks of each month.
_MONTHLY = ("enrolled", *REACHED, "people_enrolled", "people_trained", "paid_fen", "credited_ms")
# Reported, but nothing anybody lost.
_NOT_LOST = (Reason.BEYOND_DURATION, Reason.ALREADY_COUNTED)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of one thing; without ``words`` its key is what it is called."""

    key: str
    words: Localized | None
    amounts: Amounts


@dataclass(frozen=True, slots=True)
class Monthly:
    """The figures of a place (a town, or a county where several are looked at) by month."""

    by_place: dict[str, dict[int, Amounts]]

    def of(self, name: str, place: str | None = None) -> dict[int, int]:
        """Return a measure by month: of a place, or of all of them."""
        places = self.by_place.values() if place is None else [self.by_place.get(place, {})]
        found: dict[int, int] = {}
        for months in places:
            for month, amounts in months.items():
                found[month] = found.get(month, 0) + amounts[name]
        return found

    def upto(self, name: str, month: int, place: str | None = None) -> int:
        """Return a measure up to the end of a month."""
        return sum(amount for each, amount in self.of(name, place).items() if each <= month)

    @property
    def first(self) -> int | None:
        """Return the first month there is anything of."""
        return min((month for months in self.by_place.values() for month in months), default=None)


def monthly(session: Session, reach: Reach, filters: Filters) -> Monthly:
    """Return the figures by place and month; the town of the filters narrows nothing."""
    own = FigureCell
    place = own.town if reach.only(filters) else own.county_code
    rows = session.execute(
        select(place, own.month, *_sums(_MONTHLY))
        .where(reach.cells(filters))
        .group_by(place, own.month)
    )
    found: defaultdict[str, dict[int, Amounts]] = defaultdict(dict)
    for row in rows:
        found[row[0]][row[1]] = dict(zip(_MONTHLY, row[2:], strict=True))
    return Monthly(dict(found))


def lost(session: Session, reach: Reach, filters: Filters, month: int) -> dict[str, dict[str, int]]:
    """Return what time did not count in a month, milliseconds by place and reason."""
    own = FigureRefused
    place = own.town if reach.only(filters) else own.county_code
    rows = session.execute(
        select(place, own.reason, _sum(own.ms))
        .where(reach.losses(filters), own.month == month, own.reason.not_in(_NOT_LOST))
        .group_by(place, own.reason)
    )
    found: defaultdict[str, dict[str, int]] = defaultdict(dict)
    for where, reason, ms in rows:
        if ms > 0:
            found[where][reason] = ms
    return dict(found)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for somebody: claims, since when the oldest, and people with open flags."""

    claims: int
    oldest_at: datetime | None
    flagged: int


def waiting(session: Session, counties: Sequence[str]) -> Waiting:
    """Return what waits in some counties now."""
    open_claims = (
        SubsidyClaim.county_code.in_(counties),
        SubsidyClaim.state.in_((ClaimState.SUBMITTED, ClaimState.IN_REVIEW)),
        SubsidyClaim.second_by_id.is_(None),
    )
    flagged = (
        select(func.count(StudyFlag.person_id.distinct()))
        .join(Person, Person.id == StudyFlag.person_id)
        .where(StudyFlag.ruling.is_(None), Person.county_code.in_(counties))
    )
    row = session.execute(
        select(
            select(func.count(SubsidyClaim.id)).where(*open_claims).scalar_subquery(),
            select(func.min(SubsidyClaim.state_at)).where(*open_claims).scalar_subquery(),
            flagged.scalar_subquery(),
        )
    ).one()
    return Waiting(*row)


@dataclass(frozen=True, slots=True)
class Standing:
    """Up to when all is counted, and the money of the counties in a year."""

    as_of: datetime | None
    budget: Budget


def standing(session: Session, counties: Sequence[str], *, year: int, is_now: bool) -> Standing:
    """Return the budget of some counties; what is owed is owed from the year that is on."""
    own = FigureCell
    newest = (
        select(func.max(SubsidyBudget.id))
        .where(SubsidyBudget.county_code.in_(counties), SubsidyBudget.year == year)
        .group_by(SubsidyBudget.county_code)
    )
    of_year = own.month.between(year * 100 + 1, year * 100 + 12)
    here = and_(own.county_code.in_(counties), own.course_id == ALL_COURSES)
    row = session.execute(
        select(
            select(FigureMark.as_of).scalar_subquery(),
            select(_sum(SubsidyBudget.amount_fen))
            .where(SubsidyBudget.id.in_(newest))
            .scalar_subquery(),
            select(_sum(own.paid_fen)).where(here, of_year).scalar_subquery(),
            select(_sum(own.owed_fen)).where(here).scalar_subquery(),
        )
    ).one()
    owed = row[3] if is_now else 0
    return Standing(row[0], Budget(year, row[1] or None, row[2], owed))


def lines(session: Session, reach: Reach, filters: Filters, by: Dimension) -> list[Line]:
    """Return the figures broken down by something, in its own order."""
    own = FigureCell
    column = {
        Dimension.COUNTY: own.county_code,
        Dimension.TOWN: own.town,
        Dimension.GROUP: own.person_group,
        Dimension.MONTH: own.month,
    }.get(by, own.course_id)
    tells_apart = by not in (Dimension.COUNTY, Dimension.TOWN, Dimension.MONTH)
    wanted = reach.cells(filters, in_detail=tells_apart)
    if filters.town is not None:
        wanted &= own.town == filters.town
    if filters.month is not None:
        wanted &= own.month == filters.month
    rows = session.execute(select(column, *_sums(MEASURES)).where(wanted).group_by(column)).all()
    return _folded(rows, _namer(reach, by))


def _folded(rows: Iterable[Any], name: Callable[[Any], tuple[str, Localized | None]]) -> list[Line]:
    """Add up rows that are called the same, in the order of what they are called by."""
    found: dict[str, Line] = {}
    for row in rows:
        key, words = name(row[0])
        amounts = dict(zip(MEASURES, row[1:], strict=True))
        if key in found:
            before = found[key].amounts
            amounts = {each: before[each] + amounts[each] for each in MEASURES}
        found[key] = Line(key, words, amounts)
    groups = (*GROUP_ORDER, NO_GROUP)
    order = {key: place for place, key in enumerate(groups)}
    ordered = sorted(found.values(), key=lambda line: (order.get(line.key, 0), line.key))
    return [line for line in ordered if any(line.amounts.values())]


def _namer(reach: Reach, by: Dimension) -> Callable[[Any], tuple[str, Localized | None]]:
    if by is Dimension.MONTH:
        return lambda month: (written(month), None)
    if by is Dimension.COUNTY:
        counties = dict(reach.counties)
        return lambda code: (code, counties.get(code))
    if by in (Dimension.TOWN, Dimension.GROUP):
        return lambda text: (text, None)
    courses = {each.id: each for each in reach.courses}
    return lambda number: _name_of(courses.get(number), by)


def _name_of(course: Known | None, by: Dimension) -> tuple[str, Localized | None]:
    if course is None:
        return str(NO_COURSE), None
    if by is Dimension.COURSE:
        return course.slug, course.title
    if by is Dimension.INSTITUTION:
        return course.institution, course.institution_name
    return course.programme or str(NO_COURSE), course.programme_title


def _sums(names: Sequence[str]) -> list[Any]:
    return [_sum(getattr(FigureCell, name)).label(name) for name in names]


def _sum(column: Any) -> Any:  # noqa: ANN401 (a column)
    """Return a sum as a whole number: PostgreSQL makes a decimal of it."""
    return func.coalesce(cast(func.sum(column), BigId), 0)
