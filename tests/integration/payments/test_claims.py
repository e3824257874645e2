"""What money that goes back means beside a badge and a claim that two people passed.

Each line of the table in docs/orders.md, told in the order in which it happened and backwards.
"""

from dataclasses import dataclass

import pytest

from lms.core.access import Actor
from lms.core.errors import Conflict
from lms.credentials.models import Credential
from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.payments.domain.orders import DisputeState, RefundState
from lms.payments.domain.provider import PageState
from lms.settings import Settings
from lms.subsidy import tasks
from lms.subsidy.domain.claim_states import ClaimAct
from lms.subsidy.queries.dossiers import dossiers
from tests.factories.bought import Claimed, make_claimed, make_priced_course
from tests.factories.catalog import MadeCourse
from tests.factories.claims import claim_now, make_reviewer, move, steps_of
from tests.factories.credentials import Graduate
from tests.factories.orders import PRICE, Buying, make_buying
from tests.factories.stories import Return, Story

_PAID, _BACK = (PageState.PAID,), (RefundState.PENDING, RefundState.SUCCEEDED)
_AFTER_ALL = (RefundState.SUCCEEDED, RefundState.FAILED)
_OPEN = (DisputeState.OPEN,)
_WON, _LOST = ((DisputeState.OPEN, each) for each in (DisputeState.WON, DisputeState.LOST))
_PART, _ALL = Return("re_1", 900, _BACK), Return("re_2", PRICE - 900, _BACK)


@dataclass(frozen=True)
class End:
    """Where it ends: the badge, whether the course counts, and what called somebody to look."""

    badge: str = "valid"
    counts: bool = True
    causes: tuple[str, ...] = ()


AS_IT_WAS, LOOKED_AT = End(), End(causes=("refunded",))
LOST = End("revoked", counts=False, causes=("badge_revoked", "refunded"))
_ALL_BACK = Story(_PAID, (_PART, _ALL))
_LOST_BACK = Story(_PAID, dispute=_LOST)
_AFTER_ALL_NOT = Story(_PAID, (Return("re_1", PRICE, _AFTER_ALL),))
# Told as it happened (1) or backwards (-1).
TABLE = [
    (Story(_PAID), 1, AS_IT_WAS),
    (Story(_PAID, (_PART,)), 1, LOOKED_AT),
    (Story(_PAID, dispute=_OPEN), 1, AS_IT_WAS),
    (Story(_PAID, (_PART,), _WON), -1, LOOKED_AT),
    (_LOST_BACK, 1, LOST),
    (_LOST_BACK, -1, LOST),
    (_ALL_BACK, 1, LOST),
    (_ALL_BACK, -1, LOST),
    # Heard of in time it took the badge, which two people give back; the course counts again.
    (_AFTER_ALL_NOT, 1, End("revoked", causes=("badge_revoked", "refunded"))),
    (_AFTER_ALL_NOT, -1, AS_IT_WAS),
]


@dataclass(frozen=True)
class Ground:
    """A course that costs money, and the two who look at claims."""

    database: Database
    settings: Settings
    course: MadeCourse
    two: tuple[Actor, Actor]

    def claimed(self) -> tuple[Buying, Claimed]:
        """Return somebody who paid, completed, and whose claim two people passed."""
        bought = make_buying(self.database, course=self.course)
        bought.hear(bought.page())
        with self.database.snapshot() as session:
            seat = session.get_one(Enrollment, bought.order().enrollment_id)
        done = Graduate(bought.person, self.course, seat)
        own = make_claimed(self.database, self.settings, bought=done, two=self.two)
        return bought, own


@pytest.fixture
def ground(database: Database, settings: Settings) -> Ground:
    with database.transaction() as session:
        two = make_reviewer(session, name="周敏"), make_reviewer(session, name="鲁晓东")
        return Ground(database, settings, make_priced_course(session), two)


def tell(bought: Buying, story: Story, way: int) -> None:
    """Tell it twice over, and between of another order of theirs which the bank refused."""
    other = make_buying(bought.database, person=bought.person)
    refused = [other.page(PageState.AWAITING), other.page(PageState.FAILED)]
    things = [*story.things(bought), *refused]
    bought.hear_all(2 * things[::way])
    assert other.order().state == "cancelled"


def settle(database: Database) -> None:
    """Let the worker do what it does by itself."""
    tasks.decide_what_is_due(database, None)
    tasks.look_at_claims_again(database, None)


def end_of(bought: Buying, own: Claimed, act: ClaimAct) -> End:
    last = steps_of(bought.database, own.claim_id)[-1]
    with bought.database.snapshot() as session:
        badge = session.get_one(Credential, own.badge_id)
        person = dossiers(session, [bought.person.id]).people[bought.person.id]
        causes = tuple(last.about["causes"]) if last.act == act else ()
        return End(badge.state, counts=bool(person.courses), causes=causes)


@pytest.mark.parametrize(("story", "way", "end"), TABLE)
def test_it_ends_as_the_table_says(ground: Ground, story: Story, way: int, end: End) -> None:
    bought, own = ground.claimed()
    tell(bought, story, way)
    settle(ground.database)
    assert (bought.order().state, bought.seats()) == (story.state, ["completed"])
    assert end_of(bought, own, ClaimAct.REOPEN) == end
    state = claim_now(ground.database, own.claim_id).state
    assert state == ("submitted" if end.causes else "in_review")


def test_nobody_passes_a_claim_whose_course_was_paid_back(ground: Ground) -> None:
    bought, own = ground.claimed()
    tell(bought, _ALL_BACK, 1)
    settle(ground.database)
    with ground.database.transaction() as session, pytest.raises(Conflict, match="claim_no_rules"):
        move(session, own.claim_id, ClaimAct.FIRST_LOOK, ground.two[0].person_id)


@pytest.mark.parametrize("story", [_LOST_BACK, Story(_PAID, (_PART,))])
def test_once_the_subsidy_was_paid_somebody_is_called_to_look(ground: Ground, story: Story) -> None:
    bought, own = ground.claimed()
    first, second = (each.person_id for each in ground.two)
    with ground.database.transaction() as session:
        move(session, own.claim_id, ClaimAct.PUBLICISE, first)
        move(session, own.claim_id, ClaimAct.APPROVE, second)
        for act in (ClaimAct.PLAN, ClaimAct.SEND):
            move(session, own.claim_id, act, first)
        move(session, own.claim_id, ClaimAct.PAY, first, fen=60_000)
    tell(bought, story, -1)
    settle(ground.database)
    claim = claim_now(ground.database, own.claim_id)
    assert (claim.state, claim.doubt_at is not None) == ("paid", True)
    assert "refunded" in end_of(bought, own, ClaimAct.DOUBT).causes
