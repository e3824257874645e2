"""Lets the demo counties work: who people are, which classes run, what is decided of whom."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys, SealedFolder
from lms.accounts.models import Person
from lms.db.session import Database, now
from lms.demo.domain import (
    CARDED,
    CHANGSHAN,
    CLASSES,
    GRADUATED,
    GRADUATES_AFTER,
    PLACES,
    ROADS,
    Learner,
    Place,
    learner,
    phone_of,
    villager,
)
from lms.demo.service import claim_roads, frozen, institutions, people, supervision
from lms.demo.service.cards import Cards
from lms.demo.service.classes import DemoClassLife
from lms.demo.service.county import County, free_courses
from lms.demo.service.diary import Diary
from lms.demo.service.seed import Wish
from lms.insights.domain.shares import NewBudget
from lms.insights.models import SubsidyBudget
from lms.insights.service.budgets import enter_budget
from lms.subsidy import service as subsidy
from lms.subsidy.gateway import shelf

_ROUNDS = 2
# Enough for the demo's claims, and not too much: the bar shows something.
_BUDGET_FEN = 9_000_000


@dataclass(frozen=True, slots=True)
class Settled:
    """What this run made, and how many decisions came of it."""

    classes: int
    decisions: int


def settle(database: Database, wish: Wish, keys: Keys, papers: SealedFolder) -> Settled:
    """Make agreements, cards, institutions, classes and claims, where they are missing."""
    with database.transaction() as session:
        at = now(session)
        diary = Diary(at)
        office = people.actor(session, people.AT_WORK[CHANGSHAN].office)
        institutions.make_institutions(session, actor=office, now=at)
        institutions.make_listings(session, actor=office, today=diary.today, now=at)
        _enter_budgets(session, today=diary.today, at=at)
        _plan_cards(session, diary, wish, keys)
        counties = _Counties(session, wish, keys)
        made = sum(_plan_classes(counties, diary, place) for place in PLACES)
        made += sum(_plan_graduates(counties, diary, place, papers) for place in PLACES)
        if made:
            supervision.plan(session, diary)
            frozen.plan(session, diary)
        if diary.live():
            subsidy.mark_everybody(session, people=_everybody(session), since=at)
    return Settled(made, _decide(database))


def _enter_budgets(session: Session, *, today: date, at: datetime) -> None:
    """Let each county have a budget for this year, once."""
    year = today.year
    known = set(
        session.scalars(select(SubsidyBudget.county_code).where(SubsidyBudget.year == year))
    )
    for place, phones in people.AT_WORK.items():
        if place.code not in known:
            office = people.actor(session, phones.office)
            new = NewBudget(place.code, year, _BUDGET_FEN)
            enter_budget(session, actor=office, new=new, now=at)


def _plan_cards(session: Session, diary: Diary, wish: Wish, keys: Keys) -> None:
    first = (learner(number, wish.seed) for number in range(1, min(wish.learners, CARDED) + 1))
    by_phone = {each.phone: each for each in first}
    rows = session.execute(select(Person.phone, Person.id).where(Person.phone.in_(by_phone)))
    learners = {row.id: by_phone[row.phone] for row in rows}
    desks = {
        place.code: people.actor(session, phones.desk) for place, phones in people.AT_WORK.items()
    }
    cards = Cards(session, keys, wish.seed, desks)
    cards.plan(diary, learners)


@dataclass(frozen=True, slots=True)
class _Counties:
    """What it takes to let a county work."""

    session: Session
    wish: Wish
    keys: Keys

    def county(self, place: Place, villagers: Iterator[Learner]) -> County | None:
        """Return the county, or nothing while no free course is published."""
        session, phones = self.session, people.AT_WORK[place]
        courses = free_courses(session)
        if not courses:
            return None
        return County(
            session,
            place,
            office=people.actor(session, phones.office),
            teacher=people.actor(session, phones.teacher),
            desk=people.actor(session, phones.desk),
            teacher_phone=phones.teacher,
            courses=(courses[0], courses[-1]),
            villagers=villagers,
            keys=self.keys,
            password_hash=self.wish.password_hash,
            seed=self.wish.seed,
        )

    def villagers(self, place: Place, first: int) -> Iterator[Learner] | None:
        """Return a county's villagers from a number on; nothing where they are there already."""
        phone = villager(first, place, self.wish.seed).phone
        if self.session.scalar(select(Person.id).where(Person.phone == phone)) is not None:
            return None
        return (villager(number, place, self.wish.seed) for number in count(first))


def _plan_classes(counties: _Counties, diary: Diary, place: Place) -> int:
    """Plan the classes of a county that has none of them yet; return how many."""
    coming = counties.villagers(place, 1)
    county = counties.county(place, coming) if coming else None
    if county is None:
        return 0
    for number, plan in enumerate(CLASSES[place], 1):
        DemoClassLife(county, diary, plan, number).write_down()
    return len(CLASSES[place])


def _plan_graduates(counties: _Counties, diary: Diary, place: Place, papers: SealedFolder) -> int:
    """Plan the class whose people claim, and their claims, where there is none yet."""
    coming = counties.villagers(place, GRADUATES_AFTER + 1)
    county = counties.county(place, coming) if coming else None
    if county is None:
        return 0
    life = DemoClassLife(county, diary, GRADUATED[place], len(CLASSES[place]) + 1)
    life.write_down()
    claim_roads.plan(county, diary, life, papers)
    return 1


def _everybody(session: Session) -> Sequence[int]:
    """Return the learners with cards and all villagers."""
    phones = [phone_of(number) for number in range(1, CARDED + 1)]
    for place, plans in CLASSES.items():
        villagers = sum(plan.villagers + plan.waiting for plan in plans)
        numbers = [*range(1, villagers + 1)]
        numbers += [GRADUATES_AFTER + each for each, _ in enumerate(ROADS[place], 1)]
        phones += [villager(number, place, 0).phone for number in numbers]
    return session.scalars(select(Person.id).where(Person.phone.in_(phones))).all()


def _decide(database: Database) -> int:
    """Decide at once what is due of these; of many more the worker decides."""
    decided = 0
    for _ in range(_ROUNDS):
        with database.transaction() as session:
            done = subsidy.decide_due(session, shelf=shelf(), now=now(session), limit=subsidy.BATCH)
        decided += done.written
    return decided
