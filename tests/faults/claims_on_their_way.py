"""Takes a county's claims from the first tap to the money, and halts on the way, to be killed.

Each step is a transaction of its own, as the pages make it. What comes next is found out from the
database alone, so that whoever is started after a kill goes on where the last one was. Where to
halt is a moment's number: the moments are each statement and, of each transaction, the one before
it is durable and the one right after.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.gateway import Keys, keys_of
from lms.accounts.models import BankAccount, Person, RoleGrant, SignIn
from lms.accounts.service import banks
from lms.catalog.models import Programme
from lms.catalog.tree import published_revisions, revision_tree
from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.clock import local_day
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Answer, Result
from lms.subsidy.domain.claim_desk import Batch, Opinion, Review
from lms.subsidy.domain.claim_states import ClaimState, Money
from lms.subsidy.domain.notice_rows import NewNotice
from lms.subsidy.domain.notices import NoticeState
from lms.subsidy.domain.payments import Chosen
from lms.subsidy.domain.policy import Status
from lms.subsidy.gateway import shelf
from lms.subsidy.models import PublicNotice, SubsidyClaim, SubsidyPayment
from lms.subsidy.service import Ground, HandedIn, claim_desk
from lms.wiring import event_bus
from tests.factories.accounts import COUNTY
from tests.factories.notices import OFFICE, confirm, grounds
from tests.faults.hasty_worker import Steps

# On which day after everything was made each thing is done; five working days hang in between.
_REVIEW, _PUBLIC, _OVER, _MONEY, _AGAIN = (timedelta(days=each) for each in (0, 1, 14, 15, 20))
_PASSED = "passed"
_PROGRAMME = select(Programme.id).where(Programme.slug == "anchor-l5")
_CLERK = Grant(Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, COUNTY))
Claims = Sequence[SubsidyClaim]


class Road:
    """The people of a county and the way their claims go; one of them the bank sends back once.

    ``taken`` is how many steps the claims had taken when it was last looked what comes next.
    """

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._keys = database, keys
        with database.snapshot() as session:
            self._began: datetime = session.scalars(select(func.max(SignIn.created_at))).one()
            self._first, self._second = _actors(session, RoleGrant.person_id, _CLERK)
            learners = _actors(session, BankAccount.person_id)
            # A process keeps these; so whoever begins anew asks as much as one who went on.
            queries.shelf_now(session, shelf())
            for revision_id in published_revisions(session):
                revision_tree(session, revision_id)
        self._learners = {each.person_id: each for each in learners}
        self.taken = 0

    def ahead(self) -> Iterator[Callable[[], None]]:
        """Yield the next step until every claim is paid; whoever takes it may be killed."""
        while True:
            with self._database.snapshot() as session:
                claims = session.scalars(select(SubsidyClaim).order_by(SubsidyClaim.id)).all()
            self.taken = sum(each.version for each in claims)
            step = self._next(claims)
            if step is None:
                return
            yield step

    def _next(self, claims: Claims) -> Callable[[], None] | None:
        left = self._learners.keys() - {each.person_id for each in claims}
        if left:
            return partial(self._begin, self._learners[min(left)])
        for where, do in (
            (ClaimState.DRAFT, self._hand_in),
            (ClaimState.SUBMITTED, self._look_first),
            (ClaimState.IN_REVIEW, self._look_second),
            (_PASSED, self._publish),
            (ClaimState.PUBLICISED, self._approve),
            (Money.PLANNED, self._release),
            (Money.SENT, self._answer),
            (ClaimState.BANK_RETURNED, self._pay_again),
            (ClaimState.APPROVED, self._prepare),
        ):
            here = [each for each in claims if _where(each) == where]
            if here:
                return partial(do, here)
        return None

    def _begin(self, learner: Actor) -> None:
        """Decide; and once that is durable begin by what was decided."""
        ground = Ground(shelf(), frozenset(Status), self._began + _REVIEW)
        with self._database.transaction() as session:
            pair = (learner.person_id, session.scalars(_PROGRAMME).one())
            found = queries.fresh_decisions(session, [pair]).get(pair)
            if found is None:
                service.look_again(session, learner, programme_id=pair[1], ground=ground)
            else:
                service.begin(session, learner, decision_id=found.decision_id, ground=ground)

    def _hand_in(self, claims: Claims) -> None:
        claim, at = claims[0], self._began + _REVIEW
        sent = HandedIn(claim.version, has_promised=True, address="10.0.0.0/24")
        with self._database.transaction() as session:
            service.hand_in(
                session,
                self._learners[claim.person_id],
                claim_id=claim.id,
                sent=sent,
                ground=Ground(shelf(), frozenset(Status), at),
            )

    def _look_first(self, claims: Claims) -> None:
        claim, at = claims[0], self._began + _REVIEW
        review = Review(Opinion.PASS, claim.version)
        with self._database.transaction() as session:
            claim_desk.say(
                *(session, self._first), claim_id=claim.id, review=review, shelf=shelf(), now=at
            )

    def _look_second(self, claims: Claims) -> None:
        batch = Batch(Opinion.PASS, {each.id: each.version for each in claims})
        with self._database.transaction() as session:
            at = self._began + _REVIEW
            claim_desk.say_to_many(session, self._second, batch, shelf=shelf(), now=at)

    def _publish(self, _claims: Claims) -> None:
        at = self._began + _PUBLIC
        with self._database.snapshot() as session:
            seen = service.plan(session, self._first, NewNotice(COUNTY))
        new = NewNotice(COUNTY, contact=OFFICE, shown=seen.digest)
        with self._database.transaction() as session:
            if _proves(session, self._first, at):
                service.publish(session, self._first, new, grounds=grounds(self._keys), now=at)

    def _approve(self, _claims: Claims) -> None:
        with self._database.snapshot() as session:
            wanted = select(PublicNotice.number).where(PublicNotice.state == NoticeState.OPEN)
            number = session.scalars(wanted).one()
        with self._database.transaction() as session:
            at = self._began + _OVER
            service.approve_notice(session, self._second, number, shelf=shelf(), now=at)

    def _prepare(self, claims: Claims) -> None:
        with self._database.snapshot() as session:
            at = self._money_at(session)
            found = queries.offers(session, COUNTY, today=local_day(at))
        ids = [each.claim.id for each in found]
        assert ids == [each.id for each in claims]
        chosen = Chosen(COUNTY, ids, sum(each.instalment.amount_fen for each in found))
        with self._database.transaction() as session:
            service.prepare(session, self._first, chosen=chosen, shelf=shelf(), now=at)

    def _release(self, claims: Claims) -> None:
        with self._database.snapshot() as session:
            at, payment = self._money_at(session), _payment(session, claims[0])
        with self._database.transaction() as session:
            if _proves(session, self._second, at):
                batch_id = payment.batch_id
                service.release(session, self._second, batch_id=batch_id, shelf=shelf(), now=at)

    def _answer(self, claims: Claims) -> None:
        """Take down that the bank sent one back, and later that it paid all others."""
        with self._database.transaction() as session:
            at, payment = self._money_at(session), _payment(session, claims[0])
            first = session.scalars(select(func.min(SubsidyClaim.id))).one()
            answers = [Answer(payment.id, Result.RETURNED, local_day(at), "账号不存在")]
            if payment.claim_id != first or payment.try_number > 1:
                sent = queries.sent_payments(session, payment.batch_id)
                answers = service.paid_all(sent, Answer(0, Result.PAID, local_day(at)))
            service.take_answers(
                session,
                self._first,
                batch_id=payment.batch_id,
                answers=answers,
                shelf=shelf(),
                now=at,
            )

    def _pay_again(self, claims: Claims) -> None:
        claim, at, clerk = claims[0], self._began + _AGAIN, self._second
        with self._database.snapshot() as session:
            missing = queries.money_of_claim(session, claim).missing
        with self._database.transaction() as session:
            if missing is not None:
                banks.look(session, clerk, person_id=claim.person_id, is_own=True, now=at)
                return
            seen = (claim.id, claim.version)
            service.pay_again(
                *(session, clerk), claim_id=seen[0], version=seen[1], shelf=shelf(), now=at
            )

    def _money_at(self, session: Session) -> datetime:
        tries = session.scalar(select(func.max(SubsidyPayment.returned_on)))
        return self._began + (_AGAIN if tries else _MONEY)


def _actors(session: Session, whose: InstrumentedAttribute[int], *grants: Grant) -> list[Actor]:
    """Return the people a table names, in one order, as they act through their browsers."""
    rows = session.execute(
        select(Person.id, Person.name, SignIn.id)
        .join(SignIn, SignIn.person_id == Person.id)
        .where(Person.id.in_(select(whose)))
        .order_by(Person.id)
    )
    return [Actor(row[0], row[1], grants, row[2]) for row in rows]


def _proves(session: Session, clerk: Actor, at: datetime) -> bool:
    """Tell whether the clerk has just proved anew who they are; who has not does so now."""
    has_proved = session.get_one(SignIn, clerk.sign_in_id).confirmed_at == at
    if not has_proved:
        confirm(session, clerk, at)
    return has_proved


def _where(claim: SubsidyClaim) -> str:
    """Return where a claim waits: for a look, for a list, at the bank."""
    if claim.state == ClaimState.IN_REVIEW and claim.second_by_id is not None:
        return _PASSED
    return claim.state if claim.money == Money.NONE else claim.money


def _payment(session: Session, claim: SubsidyClaim) -> SubsidyPayment:
    """Return the newest payment of a claim."""
    own = select(SubsidyPayment).where(SubsidyPayment.claim_id == claim.id)
    return session.scalars(own.order_by(SubsidyPayment.id.desc()).limit(1)).one()


def count(database: Database, steps: Steps) -> None:
    """Let every statement be a step, and each end of a transaction two."""
    dialect: Any = database.engine.dialect
    commit = dialect.do_commit

    def counted(connection: object) -> None:
        steps.take()
        commit(connection)
        steps.take()

    dialect.do_commit = counted
    event.listen(database.engine, "before_cursor_execute", lambda *_: steps.take())


def go_on(settings: Settings, marker: Path, halt_at: int) -> None:
    """Go on from wherever the claims are, in a process of one's own; halt at a moment."""
    database = Database(settings.database_url, bus=event_bus())
    road = Road(database, keys_of(settings))
    count(database, Steps(marker, halt_at))
    for step in road.ahead():
        step()
