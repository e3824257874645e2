"""Lets the demo counties work: who people are, which classes run, what is decided of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.gateway import Keys
from lms.accounts.models import Person
from lms.catalog.tree import published_revisions, revision_tree
from lms.db.session import Database, now
from lms.demo.domain import (
    CARDED,
    CHANGSHAN,
    CLASSES,
    PLACES,
    Place,
    learner,
    phone_of,
    villager,
)
from lms.demo.service import institutions, people
from lms.demo.service.cards import Cards
from lms.demo.service.classes import DemoClassLife
from lms.demo.service.county import County
from lms.demo.service.diary import Diary
from lms.demo.service.seed import Wish
from lms.subsidy import service as subsidy
from lms.subsidy.gateway import shelf

_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class Settled:
    """What this run made, and how many decisions came of it."""

    classes: int
    decisions: int


def settle(database: Database, wish: Wish, keys: Keys) -> Settled:
    """Make agreements, cards, institutions and classes; run again, it adds only what is missing."""
    with database.transaction() as session:
        at = now(session)
        diary = Diary(at)
        office = people.actor(session, people.AT_WORK[CHANGSHAN].office)
        institutions.make_institutions(session, actor=office, now=at)
        institutions.make_listings(session, actor=office, today=diary.today, now=at)
        _plan_cards(session, diary, wish, keys)
        made = sum(_plan_classes(session, diary, place, wish, keys) for place in PLACES)
        if diary.live():
            subsidy.mark_everybody(session, people=_everybody(session), since=at)
    return Settled(made, _decide(database))


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


def _plan_classes(session: Session, diary: Diary, place: Place, wish: Wish, keys: Keys) -> int:
    """Plan the classes of a county that has none of them yet; return how many."""
    revisions = published_revisions(session)
    if not revisions or _is_anybody_taken_in(session, place, wish):
        return 0
    phones = people.AT_WORK[place]
    county = County(
        session,
        place,
        office=people.actor(session, phones.office),
        teacher=people.actor(session, phones.teacher),
        desk=people.actor(session, phones.desk),
        teacher_phone=phones.teacher,
        courses=(revision_tree(session, revisions[0]), revision_tree(session, revisions[-1])),
        villagers=(villager(number, place, wish.seed) for number in count(1)),
        keys=keys,
        password_hash=wish.password_hash,
        seed=wish.seed,
    )
    for number, plan in enumerate(CLASSES[place], 1):
        DemoClassLife(county, diary, plan, number).write_down()
    return len(CLASSES[place])


def _is_anybody_taken_in(session: Session, place: Place, wish: Wish) -> bool:
    phone = villager(1, place, wish.seed).phone
    return session.scalar(select(Person.id).where(Person.phone == phone)) is not None


def _everybody(session: Session) -> Sequence[int]:
    """Return the learners with cards and all villagers."""
    phones = [phone_of(number) for number in range(1, CARDED + 1)]
    for place, plans in CLASSES.items():
        villagers = sum(plan.villagers + plan.waiting for plan in plans)
        phones += [villager(number, place, 0).phone for number in range(1, villagers + 1)]
    return session.scalars(select(Person.id).where(Person.phone.in_(phones))).all()


def _decide(database: Database) -> int:
    """Decide at once what is due of these; of many more the worker decides."""
    decided = 0
    for _ in range(_ROUNDS):
        with database.transaction() as session:
            done = subsidy.decide_due(session, shelf=shelf(), now=now(session), limit=subsidy.BATCH)
        decided += done.written
    return decided
