"""Puts the figures of the dashboard together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from lms.core.access import Scope
from lms.core.clock import local_day
from lms.db.base import Localized
from lms.insights.domain.filters import Filters
from lms.insights.domain.months import last_months, month_of, span, year_of
from lms.insights.domain.shares import Budget, percent, tenths
from lms.insights.queries import figures
from lms.insights.queries.figures import Monthly, Waiting
from lms.insights.queries.reach import Reach, reach
from lms.insights.words import STEPS

_SPARKS = 12
_CHOICES = 24
# Of fewer enrolments a share says little of a place.
_ENOUGH = 20


@dataclass(frozen=True, slots=True)
class Number:
    """A number with how it went over the last months, of which the last is the one shown."""

    value: int
    course: Sequence[int]

    @property
    def trend(self) -> int:
        """Return 1 where the last month is above the one before it, -1 where below, else 0."""
        before, last = self.course[-2:]
        return (last > before) - (last < before)


@dataclass(frozen=True, slots=True)
class Spot:
    """A town, or a county: who completed of those who enrolled, and how many that are of 100."""

    key: str
    words: Localized | None
    completed: int
    enrolled: int

    @property
    def share(self) -> int | None:
        """Return the completed of the enrolled in whole per cent."""
        return percent(self.completed, self.enrolled)


@dataclass(frozen=True, slots=True)
class Losses:
    """Time that did not count in the month, milliseconds by reason, the longest first."""

    by_reason: Sequence[tuple[str, int]]
    credited_ms: int

    @property
    def ms(self) -> int:
        """Return all of it."""
        return sum(ms for _, ms in self.by_reason)

    @property
    def share(self) -> int | None:
        """Return it in tenths of a per cent of all that was reported."""
        return tenths(self.ms, self.ms + self.credited_ms)


@dataclass(frozen=True, slots=True)
class Board:
    """Everything the dashboard shows, as of the end of its month."""

    filters: Filters
    reach: Reach
    month: int
    today: date
    months: Sequence[int]
    place: Localized | None
    towns: Sequence[str]
    as_of: datetime | None
    learners: Number
    units: Number
    trained: Number
    paid: Number
    spots: Sequence[Spot]
    losses: Losses
    lowest: Spot | None
    lowest_reason: tuple[str, int] | None
    waiting: Waiting
    steps: Sequence[tuple[str, int]]
    budget: Budget | None

    @property
    def is_empty(self) -> bool:
        """Tell whether nobody enrolled yet."""
        return not self.steps[0][1]


def board(session: Session, scopes: Sequence[Scope], filters: Filters, now: datetime) -> Board:
    """Return the dashboard. Raises ``NotFound`` for filters out of reach."""
    own = reach(session, scopes)
    own.require(filters)
    today = local_day(now)
    month = filters.month or month_of(today)
    monthly = figures.monthly(session, own, filters)
    lost = figures.lost(session, own, filters, month)
    counties = [code for code, _ in own.counties if filters.county in (None, code)]
    is_now = year_of(month) == today.year
    standing = figures.standing(session, counties, year=year_of(month), is_now=is_now)
    spots = _spots(own, filters, monthly, month)
    lowest = _lowest(spots)
    only = own.only(filters)
    return Board(
        filters=filters,
        reach=own,
        month=month,
        today=today,
        months=_months(monthly, month, today),
        place=only[1] if only else None,
        towns=sorted(town for town in monthly.by_place if town) if only else (),
        as_of=standing.as_of,
        learners=_stock(monthly, "people_enrolled", month, filters.town),
        units=_flow(monthly, "credited_ms", month, filters.town),
        trained=_stock(monthly, "people_trained", month, filters.town),
        paid=_stock(monthly, "paid_fen", month, filters.town),
        spots=spots,
        losses=_losses(lost, monthly, month, filters.town),
        lowest=lowest,
        lowest_reason=_reason_of(lost.get(lowest.key, {})) if lowest else None,
        waiting=figures.waiting(session, counties),
        steps=[(words, monthly.upto(name, month, filters.town)) for name, words in STEPS],
        budget=standing.budget if counties else None,
    )


def _months(monthly: Monthly, month: int, today: date) -> list[int]:
    now = month_of(today)
    first = min(monthly.first or now, month)
    return span(first, max(now, month))[::-1][:_CHOICES]


def _stock(monthly: Monthly, name: str, month: int, town: str | None) -> Number:
    amounts = monthly.of(name, town)
    course = [
        sum(amount for each, amount in amounts.items() if each <= last)
        for last in last_months(month, _SPARKS)
    ]
    return Number(course[-1], course)


def _flow(monthly: Monthly, name: str, month: int, town: str | None) -> Number:
    amounts = monthly.of(name, town)
    course = [max(amounts.get(each, 0), 0) for each in last_months(month, _SPARKS)]
    return Number(course[-1], course)


def _spots(own: Reach, filters: Filters, monthly: Monthly, month: int) -> list[Spot]:
    names = {} if own.only(filters) else dict(own.counties)
    found = [
        Spot(
            *(key, names.get(key)),
            monthly.upto("reached_end", month, key),
            monthly.upto("enrolled", month, key),
        )
        for key in monthly.by_place
    ]
    present = [spot for spot in found if spot.enrolled]
    return sorted(present, key=lambda spot: (not spot.key, -spot.completed, spot.key))


def _lowest(spots: Sequence[Spot]) -> Spot | None:
    """Return the place with the lowest share, where there are several to compare."""
    able = [spot for spot in spots if spot.key and spot.enrolled >= _ENOUGH]
    return min(able, key=lambda spot: (spot.share or 0, spot.key)) if len(able) > 1 else None


def _losses(
    lost: dict[str, dict[str, int]], monthly: Monthly, month: int, town: str | None
) -> Losses:
    places = lost.values() if town is None else [lost.get(town, {})]
    summed: dict[str, int] = {}
    for reasons in places:
        for reason, ms in reasons.items():
            summed[reason] = summed.get(reason, 0) + ms
    ordered = sorted(summed.items(), key=lambda each: (-each[1], each[0]))
    credited = monthly.of("credited_ms", town).get(month, 0)
    return Losses(ordered, max(credited, 0))


def _reason_of(reasons: dict[str, int]) -> tuple[str, int] | None:
    """Return what cost a place the most time, and its share in whole per cent."""
    if not reasons:
        return None
    reason = max(reasons, key=lambda each: (reasons[each], each))
    share = percent(reasons[reason], sum(reasons.values()))
    return (reason, share) if share else None
