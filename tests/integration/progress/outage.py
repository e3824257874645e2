"""An outage in a county: who studied through it, who asks for it and who approves."""

from dataclasses import dataclass

import pytest

from lms.core.access import Actor
from lms.db.session import Database
from lms.progress.domain.requests import Decision, Outage, RequestRuling
from lms.progress.models import TimeRequest
from lms.progress.service import outages
from tests.factories.accounts import make_person, make_sign_in
from tests.factories.enrollment import make_enrollment
from tests.integration.progress.conftest import Clock, Learner
from tests.integration.progress.studying import Player, at, make_administrator, sets_of

NEIGHBOUR = "330881"
APPROVED = Decision(RequestRuling.GRANTED, "电信的停机通知看过了。")
OUTAGE_SECONDS = 600
# Seconds after the outage began: when administrators look at it.
LATER = 3_600


def join(database: Database, learner: Learner, name: str, county: str = "330822") -> Actor:
    """Return another person who takes the course."""
    with database.transaction() as session:
        person = make_person(session, name=name, county_code=county)
        make_enrollment(session, person=person, course=learner.course)
        return Actor(person.id, name, (), make_sign_in(session, person).id)


def propose(database: Database, actor: Actor, outage: Outage, clock: Clock) -> int:
    with database.transaction() as session:
        return outages.propose(session, actor=actor, outage=outage, now=at(clock, LATER)).id


def rule(
    database: Database,
    actor: Actor,
    request_id: int,
    clock: Clock,
    decision: Decision = APPROVED,
) -> None:
    with database.transaction() as session:
        outages.rule(
            session, actor=actor, request_id=request_id, decision=decision, now=at(clock, LATER)
        )


def ruled(database: Database, request_id: int) -> TimeRequest:
    with database.snapshot() as session:
        return session.get_one(TimeRequest, request_id)


@dataclass(frozen=True)
class Scene:
    """Three who studied through an outage, the last one of another county; who may rule on it."""

    database: Database
    clock: Clock
    outage: Outage
    two: tuple[Actor, Actor]
    people: tuple[int, int, int]
    material: int

    def approve(self, outage: Outage | None = None) -> int:
        """Let one ask and the other approve; return the request."""
        asked = propose(self.database, self.two[0], outage or self.outage, self.clock)
        rule(self.database, self.two[1], asked, self.clock)
        return asked

    def sums(self) -> list[tuple[int, int]]:
        """Return what counts for each of the three, and how much of it was granted."""
        found = [sets_of(self.database, each)[self.material] for each in self.people]
        return [(each.credited_ms, each.granted_ms) for each in found]


@pytest.fixture
def outage(clock: Clock) -> Outage:
    """Ten minutes from the test's clock on."""
    return Outage("330822", clock.ms, clock.ms + OUTAGE_SECONDS * 1000, "机房停电")


@pytest.fixture
def two(database: Database, clock: Clock) -> tuple[Actor, Actor]:
    """Two administrators of the county."""
    first, second = (
        make_administrator(database, name, proved_at=at(clock, LATER))
        for name in ("周敏", "程晓红")
    )
    return first, second


@pytest.fixture
def scene(
    database: Database, clock: Clock, learner: Learner, outage: Outage, two: tuple[Actor, Actor]
) -> Scene:
    """Each reported 300 seconds at once: 60 count, 240 are ``gap``."""
    actors = (
        learner.actor,
        join(database, learner, "占小燕"),
        join(database, learner, "毛丽娟", NEIGHBOUR),
    )
    players = [Player(database, clock, actor) for actor in actors]
    for each in players:
        each.open(learner.items["B"])
    clock.seconds += 300
    for each in players:
        each.play(0, 300)
    first, second, third = (each.person_id for each in actors)
    material = learner.course.materials["B/video"].id
    return Scene(database, clock, outage, two, (first, second, third), material)
