"""Whatever is done with money in whatever order: no two live payments, and every sum agrees."""

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from lms.accounts.domain.bank import NewAccount
from lms.accounts.gateway import Keys
from lms.accounts.models import SignIn
from lms.accounts.service import banks
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.core.errors import Conflict, NotFound
from lms.db.session import now, savepoint
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Answer, Result
from lms.subsidy.domain.claim_states import Cause, ClaimAct
from lms.subsidy.domain.payments import LIVE, Chosen
from lms.subsidy.gateway import shelf
from lms.subsidy.models import PaymentBatch, SubsidyClaim, SubsidyPayment
from lms.subsidy.service import Move
from lms.subsidy.service.reopening import note
from tests.factories.accounts import COUNTY
from tests.factories.claims import make_approved, make_claimant
from tests.factories.payments import answer, make_batch, make_instalments, make_sent, paid

MONTH = timedelta(days=32)


class Undone(Exception):
    """Ends an example: nothing of it stays."""


@dataclass(slots=True)
class Office:
    """Two people with a claim in two instalments, and a clock that goes on by months."""

    session: Session
    two: tuple[Actor, Actor]
    claim_id: int
    person_id: int
    keys: Keys
    at: datetime
    accounts: int = 0
    done: set[str] = field(default_factory=set)

    @property
    def claim(self) -> SubsidyClaim:
        return queries.claims_locked(self.session, [self.claim_id])[self.claim_id]

    def last_batch(self) -> int:
        return self.session.scalar(select(func.max(PaymentBatch.id))) or 0

    def batches(self) -> list[int]:
        return list(self.session.scalars(select(PaymentBatch.id).order_by(PaymentBatch.id)))

    def move(self, act: ClaimAct, by: int | None) -> None:
        move = Move(self.claim_id, act, by, reason="x", about={"until": "2026-07-17"})
        service.advance_one(self.session, move, shelf=shelf(), now=self.at)

    def plan(self) -> None:
        found = queries.offers_of(self.session, [self.claim_id], today=local_day(self.at))
        total = sum(each.instalment.amount_fen for each in found)
        chosen = Chosen(COUNTY, [self.claim_id], total)
        service.prepare(self.session, self.two[0], chosen=chosen, shelf=shelf(), now=self.at)

    def send(self) -> None:
        own = SignIn.id == self.two[1].sign_in_id
        self.session.execute(update(SignIn).where(own).values(confirmed_at=self.at))
        service.release(
            self.session, self.two[1], batch_id=self.last_batch(), shelf=shelf(), now=self.at
        )

    def give_up(self) -> None:
        service.give_up(
            *(self.session, self.two[0]),
            batch_id=self.last_batch(),
            reason="x",
            shelf=shelf(),
            now=self.at,
        )

    def _answer(self, batch_id: int, result: Result) -> None:
        for each in queries.sent_payments(self.session, batch_id):
            said = Answer(each, result, local_day(self.at), "x" if result == "returned" else "")
            service.take_answers(
                *(self.session, self.two[0]),
                batch_id=batch_id,
                answers=[said, said],
                shelf=shelf(),
                now=self.at,
            )

    def pay(self) -> None:
        self._answer(self.last_batch(), Result.PAID)

    def bounce(self) -> None:
        self._answer(self.last_batch(), Result.RETURNED)

    def bounce_an_earlier_one(self) -> None:
        self._answer(min(self.batches(), default=0), Result.RETURNED)

    def correct(self) -> None:
        self.accounts += 1
        self.at += timedelta(seconds=1)
        new = NewAccount(f"622848040256{self.accounts:07d}", "银行", "林秀芳")
        own = {"person_id": self.person_id, "now": self.at}
        banks.declare(self.session, new=new, by_id=self.person_id, keys=self.keys, **own)
        banks.look(self.session, self.two[0], is_own=True, **own)
        self.again()

    def again(self) -> None:
        own = {"claim_id": self.claim_id, "version": self.claim.version}
        service.pay_again(self.session, self.two[0], **own, shelf=shelf(), now=self.at)

    def claw_back(self) -> None:
        said = (self.claim.version, "x")
        own = {"claim_id": self.claim_id, "said": said}
        service.claw_back(self.session, self.two[0], **own, shelf=shelf(), now=self.at)

    def change(self) -> None:
        found = [(self.claim_id, Cause.REFUNDED, f"payment:{self.at}")]
        note(self.session, found, at=self.at)
        service.act_on(self.session, [self.claim_id], shelf=shelf(), now=self.at)

    def look_again(self) -> None:
        if self.claim.doubt_at:
            self.move(ClaimAct.CLEAR, self.two[0].person_id)
            return
        first, second = (each.person_id for each in self.two)
        for act, by in (
            *((ClaimAct.FIRST_LOOK, first), (ClaimAct.SECOND_LOOK, second)),
            *((ClaimAct.PUBLICISE, first), (ClaimAct.APPROVE, second)),
        ):
            self.move(act, by)

    def month(self) -> None:
        self.at += MONTH


PAID = ("plan", "send", "pay", "month")
# What leads on comes as a whole, so that most examples come to the bank and back.
ACTS = st.sampled_from(
    [
        *(PAID, PAID, ("plan", "send"), ("plan",), ("send", "pay"), ("plan", "give_up")),
        *(("bounce",), ("bounce", "correct"), ("bounce_an_earlier_one",), ("correct",)),
        *(("change",), ("change", "look_again"), ("look_again",), ("again",), ("claw_back",)),
    ]
)
RETURNED_AND_PAID = [PAID, PAID, ("bounce_an_earlier_one", "bounce", "correct"), PAID, PAID]


def assert_paid_once(office: Office) -> None:
    own, session = SubsidyPayment, office.session
    live = session.execute(
        select(own.instalment, func.count())
        .where(own.claim_id == office.claim_id, own.state.in_(LIVE))
        .group_by(own.instalment)
    ).all()
    assert all(count == 1 for _, count in live)
    assert queries.first_difference(session) is None
    assert office.claim.paid_fen <= office.claim.amount_fen


@pytest.mark.parametrize("engine", ["sqlite"])
def test_whatever_is_done_in_whatever_order_nothing_is_paid_twice(database, keys, two, engine):
    assert engine == "sqlite"
    with database.transaction() as session:
        own = make_claimant(session, keys)
        claim_id = make_approved(session, own, *two).id
        make_instalments(session, claim_id, 2)
        # Not the index is to hold this, but what the services do.
        session.execute(text("DROP INDEX uq_subsidy_payment_live"))
    reached: set[tuple[str, int]] = set()

    @settings(max_examples=12, suppress_health_check=list(HealthCheck), derandomize=True)
    @given(st.lists(ACTS, min_size=4, max_size=8))
    @example([*RETURNED_AND_PAID, ("claw_back",)])
    @example([("plan", "send"), ("change",), ("pay", "month"), PAID, ("look_again",), PAID])
    def in_any_order(acts: list[tuple[str, ...]]) -> None:
        with suppress(Undone), database.transaction() as session:
            office = Office(session, two, claim_id, own.actor.person_id, keys, now(session))
            for act in chain.from_iterable(acts):
                with suppress(Conflict, NotFound), savepoint(session):
                    getattr(office, act)()
                session.expire_all()
                assert_paid_once(office)
            reached.add((office.claim.state, office.claim.paid_fen))
            raise Undone

    in_any_order()
    assert reached >= {("clawed_back", 60_000), ("paid", 60_000)}


def test_instalments_are_offered_month_by_month_until_all_is_paid(database, keys, two):
    with database.transaction() as session:
        own = make_claimant(session, keys)
        claim_id = make_approved(session, own, *two).id
        make_instalments(session, claim_id, 2)
        office = Office(session, two, claim_id, own.actor.person_id, keys, now(session))
        office.plan()
        office.send()
        office.pay()
        assert (office.claim.state, office.claim.paid_fen) == ("approved", 30_000)
        assert queries.offers(session, COUNTY, today=local_day(office.at)) == []
        with pytest.raises(Conflict, match="batch_none_left"), savepoint(session):
            office.plan()
        office.month()
        assert len(queries.offers(session, COUNTY, today=local_day(office.at))) == 1
        office.plan()
        # The first comes back while the second waits: that one is given up, and both are due.
        office.bounce_an_earlier_one()
        states = [(each.state, each.instalment) for each in _payments(session, claim_id)]
        assert states == [("returned", 1), ("cancelled", 2)]
        office.correct()
        for _ in range(2):
            office.plan()
            office.send()
            office.pay()
            office.month()
        assert (office.claim.state, office.claim.paid_fen) == ("paid", 60_000)
        assert queries.first_difference(session) is None


def _payments(session: Session, claim_id: int) -> list[SubsidyPayment]:
    own = select(SubsidyPayment).where(SubsidyPayment.claim_id == claim_id)
    return list(session.scalars(own.order_by(SubsidyPayment.id)))


def test_what_is_cut_off_half_way_leaves_a_state_from_which_all_goes_on(database, keys, two):
    with database.transaction() as session:
        claim_id = make_approved(session, make_claimant(session, keys), *two).id
    with suppress(Undone), database.transaction() as session:
        make_batch(session, two[0], [claim_id])
        raise Undone
    with suppress(Undone), database.transaction() as session:
        batch = make_sent(session, two, [claim_id])
        answer(session, two[0], batch.id, *paid(session, batch.id))
        raise Undone
    with database.snapshot() as session:
        assert session.get_one(SubsidyClaim, claim_id).money == "none"
        assert session.scalar(select(func.count()).select_from(PaymentBatch)) == 0
    with database.transaction() as session:
        batch = make_sent(session, two, [claim_id])
        assert batch.number.endswith("-01"), "no number was lost"
        answer(session, two[0], batch.id, *paid(session, batch.id))
    with database.snapshot() as session:
        assert session.get_one(SubsidyClaim, claim_id).state == "paid"
        assert queries.first_difference(session) is None
