"""Lets graduates of the demo claim: begin, hand in, think better of it; and two people look."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import partial

from lms.catalog.models import Programme
from lms.catalog.service.registry import programme_for
from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.demo.domain import DAYS, Learner, Road
from lms.demo.service.cards import NETWORK
from lms.demo.service.claim_office import ClaimOffice
from lms.notify import service as notify
from lms.notify.queries import inbox as inbox_of
from lms.subsidy import service as subsidy
from lms.subsidy.domain.claim_desk import Batch, Opinion, Review
from lms.subsidy.domain.claim_draft import ClaimStep
from lms.subsidy.domain.policy import Status
from lms.subsidy.service import Ground, HandedIn, claim_desk
from lms.subsidy.service import begin as begin_claim

_RETURNED_ON, _WITHDRAWN_ON = 5, 6
_RETURN_FOR = "银行卡开户行写的是支行旧名，请在账户页改成现在的开户行，再提交一次。"


def plan(office: ClaimOffice, people: Mapping[int, tuple[Learner, Road]], programme: str) -> None:
    """Plan that these people (by person id) claim and that the office looks, each on its day."""
    row = programme_for(office.session, programme)
    for place, (person_id, (learner, road)) in enumerate(people.items()):
        own = _Claim(office, Actor(person_id, learner.name, (), 0), row, road)
        own.plan(place)
    first, second = _days(people)
    for day, roads in first.items():
        office.on(day, 10, 0, partial(_pass, office, office.first, roads))
    for day, roads in second.items():
        office.on(day, 15, 0, partial(_pass, office, office.second, roads))
    office.on(_RETURNED_ON, 11, 0, partial(_return, office))


def _days(
    people: Mapping[int, tuple[Learner, Road]],
) -> tuple[Mapping[int, set[Road]], Mapping[int, set[Road]]]:
    """Return on which days which claims get their first look and their second one."""
    first, second = defaultdict[int, set[Road]](set), defaultdict[int, set[Road]](set)
    for _, road in people.values():
        days = DAYS[road]
        if days.first_look:
            first[days.first_look].add(road)
        if days.second_look:
            second[days.second_look].add(road)
    return first, second


class _Claim:
    """The claim of one learner, as far as the learner moves it."""

    def __init__(self, office: ClaimOffice, actor: Actor, programme: Programme, road: Road) -> None:
        self.office, self.session = office, office.session
        self.actor = actor
        self.programme = programme
        self.road = road
        self.claim_id = 0

    def plan(self, place: int) -> None:
        """Put it into the diary, in an evening; most look into their inbox some days later."""
        office, day = self.office, DAYS[self.road].handed_in
        begins = self._keep_a_draft if self.road is Road.DRAFT else self._hand_in
        office.on(day + place % 2, 19, place, begins)
        if self.road is Road.WITHDRAWN:
            office.on(_WITHDRAWN_ON, 12, place, self._take_back)
        if DAYS[self.road].second_look:
            office.on(max(2, day // 3), 20, place, self._read)

    def _ground(self, at: datetime) -> Ground:
        return Ground(self.office.shelf, frozenset(Status), at)

    def _begin(self, at: datetime) -> bool:
        """Begin; where other rules are in force by now, there may be nothing to claim."""
        ground, own = self._ground(at), self.programme.id
        try:
            fresh = subsidy.look_again(self.session, self.actor, programme_id=own, ground=ground)
            if fresh is None:
                return False
            decided = fresh.decision_id
            claim = begin_claim(self.session, self.actor, decision_id=decided, ground=ground)
        except Conflict:
            return False
        self.session.flush()
        self.claim_id = claim.id
        return True

    def _keep_a_draft(self, at: datetime) -> None:
        if self._begin(at):
            own, ground = self.claim_id, self._ground(at)
            subsidy.look_over(self.session, self.actor, claim_id=own, ground=ground)
            step = ClaimStep.ACCOUNT.number
            subsidy.keep_step(self.session, self.actor, claim_id=own, step=step)

    def _hand_in(self, at: datetime) -> None:
        if self._begin(at):
            subsidy.hand_in(
                self.session,
                self.actor,
                claim_id=self.claim_id,
                sent=HandedIn(
                    self.office.claim(self.claim_id).version, has_promised=True, address=NETWORK
                ),
                ground=self._ground(at),
            )
            self.office.claims[self.road].append(self.claim_id)

    def _take_back(self, at: datetime) -> None:
        if self.claim_id:
            own = self.office.claim(self.claim_id)
            subsidy.take_back(
                self.session,
                self.actor,
                claim_id=own.id,
                version=own.version,
                ground=self._ground(at),
            )

    def _read(self, at: datetime) -> None:
        own = self.actor.person_id
        told = inbox_of(self.session, own, after=None).messages
        if told:
            notify.read_until(self.session, person_id=own, newest=told[0].id, now=at)


def _pass(office: ClaimOffice, actor: Actor, roads: set[Road], at: datetime) -> None:
    versions = {each: office.claim(each).version for each in office.of(roads)}
    if versions:
        batch = Batch(Opinion.PASS, versions)
        claim_desk.say_to_many(office.session, actor, batch, shelf=office.shelf, now=at)


def _return(office: ClaimOffice, at: datetime) -> None:
    for claim_id in office.of({Road.RETURNED}):
        review = Review(Opinion.RETURN, office.claim(claim_id).version, _RETURN_FOR)
        claim_desk.say(
            office.session,
            office.first,
            claim_id=claim_id,
            review=review,
            shelf=office.shelf,
            now=at,
        )
