"""What of one person is counted where: the cells a person adds to."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from lms.core.clock import local_day
from lms.insights.domain.groups import NO_GROUP, GroupFact, group_on
from lms.insights.domain.months import month_of
from lms.insights.domain.tallies import (
    NO_COURSE,
    NO_TOWN,
    REACHED,
    Amounts,
    Cell,
    Counted,
    Place,
)


@dataclass(frozen=True, slots=True)
class Taken:
    """An enrollment; ``first_on`` is the day of the first entry of its course in the ledger.

    Where a course was taken more than once, the ledger is that of the one that stands.
    """

    id: int
    county: str
    course: int
    programme: int | None
    occupation: str | None
    level: int | None
    enrolled_at: datetime
    completed_at: datetime | None = None
    passed_at: datetime | None = None
    badge_at: datetime | None = None
    first_on: date | None = None
    has_ledger: bool = False


@dataclass(frozen=True, slots=True)
class Certified:
    """A state certificate that stands."""

    occupation: str
    level: int | None
    issued_on: date


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim that was handed in; ``payments`` are days, fen and numbers of what was paid."""

    id: int
    county: str
    programme: int
    submitted_at: datetime
    approved_at: datetime | None = None
    owed_fen: int = 0
    payments: tuple[tuple[date, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Whole:
    """All of a person that is counted."""

    county: str
    town: str
    groups: tuple[GroupFact, ...] = ()
    taken: tuple[Taken, ...] = ()
    certificates: tuple[Certified, ...] = ()
    claims: tuple[Asked, ...] = ()


@dataclass(slots=True)
class _Course:
    """An enrollment with its place and how far it came."""

    taken: Taken
    place: Place
    certified_on: date | None = None
    claims: list[Asked] = field(default_factory=list)

    @property
    def started_on(self) -> date | None:
        """Return the first sign of study: who passed or completed did begin."""
        moments = (self.taken.passed_at, self.taken.completed_at)
        days = [local_day(each) for each in moments if each is not None]
        return min((*days, *([self.taken.first_on] if self.taken.first_on else [])), default=None)

    @property
    def is_paid(self) -> bool:
        """Tell whether any of its subsidy arrived."""
        return any(claim.payments for claim in self.claims)


def counted(whole: Whole) -> Counted:
    """Return what a person adds to the figures."""
    courses = [_Course(each, _place(whole, each)) for each in whole.taken]
    _give_certificates(courses, whole.certificates)
    stray = _give_claims(courses, whole.claims)
    tally: defaultdict[Cell, Amounts] = defaultdict(dict)
    for course in courses:
        _add_course(tally, course)
    for course in courses:
        for claim in course.claims:
            _add_claim(tally, Place(claim.county, *_rest_of(whole, claim, course)), claim)
    for claim in stray:
        _add_claim(tally, _place_of_stray(whole, claim), claim)
    _add_people(tally, whole, courses)
    kept = [each for each in courses if each.taken.has_ledger]
    return Counted(
        dict(tally),
        {each.taken.course: each.place for each in kept},
        frozenset(each.taken.course for each in kept if each.taken.first_on is not None),
    )


def by_completion(taken: Taken) -> tuple[bool, datetime, int]:
    """Return what orders enrollments of one programme: whichever was completed first."""
    return (taken.completed_at is None, taken.completed_at or taken.enrolled_at, taken.id)


def _town(whole: Whole, county: str) -> str:
    """Return the town of a person, which lies in the county they live in now."""
    return whole.town if whole.county == county else NO_TOWN


def _place(whole: Whole, taken: Taken) -> Place:
    group = group_on(whole.groups, local_day(taken.enrolled_at))
    return Place(taken.county, _town(whole, taken.county), group, taken.course)


def _give_certificates(courses: Sequence[_Course], certificates: Sequence[Certified]) -> None:
    for course in _first_of_programmes(courses).values():
        own = course.taken
        days = [
            each.issued_on
            for each in certificates
            if each.occupation == own.occupation and each.level in (None, own.level)
        ]
        course.certified_on = min(days, default=None)


def _give_claims(courses: Sequence[_Course], claims: Sequence[Asked]) -> list[Asked]:
    """Count each claim at the enrollment it is for; return those that are for none."""
    first, stray = _first_of_programmes(courses), []
    for claim in claims:
        if claim.programme in first:
            first[claim.programme].claims.append(claim)
        else:
            stray.append(claim)
    return stray


def _first_of_programmes(courses: Sequence[_Course]) -> dict[int, _Course]:
    found: dict[int, _Course] = {}
    for course in sorted(courses, key=lambda each: by_completion(each.taken)):
        if course.taken.programme is not None:
            found.setdefault(course.taken.programme, course)
    return found


def _rest_of(whole: Whole, claim: Asked, course: _Course) -> tuple[str, str, int]:
    return (_town(whole, claim.county), course.place.group, course.place.course)


def _place_of_stray(whole: Whole, claim: Asked) -> Place:
    group = group_on(whole.groups, local_day(claim.submitted_at)) if whole.groups else NO_GROUP
    return Place(claim.county, _town(whole, claim.county), group, NO_COURSE)


def _add_course(tally: defaultdict[Cell, Amounts], course: _Course) -> None:
    own = course.taken
    _add(tally, course.place, local_day(own.enrolled_at), "enrolled")
    for name, day in (
        ("started", course.started_on),
        ("passed", own.passed_at and local_day(own.passed_at)),
        ("completed", own.completed_at and local_day(own.completed_at)),
        ("badges", own.badge_at and local_day(own.badge_at)),
        ("certified", course.certified_on),
    ):
        if day is not None:
            _add(tally, course.place, day, name)
    is_on = True
    for name, is_reached in zip(REACHED, _reached(course), strict=True):
        is_on = is_on and is_reached
        if is_on:
            _add(tally, course.place, local_day(own.enrolled_at), name)


def _reached(course: _Course) -> tuple[bool, ...]:
    """Return which steps an enrollment reached; who completed needs no test that is not there."""
    is_completed = course.taken.completed_at is not None
    return (
        course.started_on is not None,
        course.taken.passed_at is not None or is_completed,
        is_completed,
        course.certified_on is not None,
        course.is_paid,
    )


def _add_claim(tally: defaultdict[Cell, Amounts], place: Place, claim: Asked) -> None:
    _add(tally, place, local_day(claim.submitted_at), "claimed")
    if claim.approved_at is not None:
        approved_on = local_day(claim.approved_at)
        _add(tally, place, approved_on, "approved")
        if claim.owed_fen:
            _add(tally, place, approved_on, "owed_fen", claim.owed_fen)
    for day, fen, _number in claim.payments:
        _add(tally, place, day, "paid_fen", fen)
    if claim.payments:
        _add(tally, place, min(claim.payments)[0], "paid")


def _add_people(
    tally: defaultdict[Cell, Amounts], whole: Whole, courses: Sequence[_Course]
) -> None:
    """Count a person once a county, where and when something was first so."""
    enrolled: dict[str, tuple[Place, datetime]] = {}
    trained: dict[str, tuple[Place, datetime]] = {}
    for course in sorted(courses, key=lambda each: (each.taken.enrolled_at, each.taken.id)):
        enrolled.setdefault(course.place.county, (course.place, course.taken.enrolled_at))
    for course in sorted(courses, key=lambda each: by_completion(each.taken)):
        if course.taken.completed_at is not None:
            trained.setdefault(course.place.county, (course.place, course.taken.completed_at))
    for name, found in (("people_enrolled", enrolled), ("people_trained", trained)):
        for place, moment in found.values():
            _add(tally, place, local_day(moment), name)
    paid = sorted(
        (payment[0], payment[2], claim.id) for claim in whole.claims for payment in claim.payments
    )
    where = {
        **{claim.id: _place_of_stray(whole, claim) for claim in whole.claims},
        **{
            claim.id: Place(claim.county, *_rest_of(whole, claim, course))
            for course in courses
            for claim in course.claims
        },
    }
    seen = set()
    for day, _number, claim_id in paid:
        if where[claim_id].county not in seen:
            seen.add(where[claim_id].county)
            _add(tally, where[claim_id], day, "people_paid")


def _add(
    tally: defaultdict[Cell, Amounts], place: Place, day: date, name: str, amount: int = 1
) -> None:
    amounts = tally[Cell(*place, month_of(day))]
    amounts[name] = amounts.get(name, 0) + amount
