"""Makes payment batches that came some way, and answers of the bank."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.accounts.models import SignIn
from lms.audit import queries as audit
from lms.core.access import Actor
from lms.core.clock import local_day
from lms.db.session import Database, now
from lms.subsidy import queries, service
from lms.subsidy.domain.answers import Answer, Result
from lms.subsidy.domain.payments import Chosen
from lms.subsidy.gateway import shelf
from lms.subsidy.models import PaymentBatch, SubsidyClaim, SubsidyPayment
from lms.subsidy.service import Prepared
from tests.factories.accounts import COUNTY
from tests.factories.claims import Claimant


def confirm(session: Session, actor: Actor) -> None:
    """Let the actor's browser prove anew who it is."""
    session.execute(
        update(SignIn).where(SignIn.id == actor.sign_in_id).values(confirmed_at=now(session))
    )


def make_batch(session: Session, actor: Actor, claims: Collection[int]) -> Prepared:
    """Put claims into a batch. Raises ``Conflict`` where none of them can be paid."""
    at = now(session)
    found = queries.offers_of(session, claims, today=local_day(at))
    total = sum(each.instalment.amount_fen for each in found)
    chosen = Chosen(COUNTY, claims, total)
    return service.prepare(session, actor, chosen=chosen, shelf=shelf(), now=at)


def let_go(session: Session, actor: Actor, batch_id: int) -> service.Released:
    """Let a batch go as somebody who proved anew who they are."""
    confirm(session, actor)
    return service.release(session, actor, batch_id=batch_id, shelf=shelf(), now=now(session))


def make_sent(session: Session, two: tuple[Actor, Actor], claims: Collection[int]) -> PaymentBatch:
    """Put claims into a batch by the one and let it go by the other."""
    batch = make_batch(session, two[0], claims).batch
    let_go(session, two[1], batch.id)
    return batch


def payments_of(database: Database, claim_id: int) -> list[SubsidyPayment]:
    with database.snapshot() as session:
        own = select(SubsidyPayment).where(SubsidyPayment.claim_id == claim_id)
        return list(session.scalars(own.order_by(SubsidyPayment.id)))


def batch_now(database: Database, batch_id: int) -> PaymentBatch:
    with database.snapshot() as session:
        return session.get_one(PaymentBatch, batch_id)


def answer(session: Session, actor: Actor, batch_id: int, *answers: Answer) -> service.Taken:
    """Take down what the bank says."""
    return service.take_answers(
        session, actor, batch_id=batch_id, answers=answers, shelf=shelf(), now=now(session)
    )


def paid(
    session: Session, batch_id: int, result: Result = Result.PAID, **more: Any
) -> list[Answer]:
    """Return that the bank paid, or sent back, everything of a batch today."""
    reason = "账号不存在" if result is Result.RETURNED else ""
    values = {"day": local_day(now(session)), "reason": reason, **more}
    return [Answer(each, result, **values) for each in queries.sent_payments(session, batch_id)]


def make_instalments(session: Session, claim_id: int, count: int) -> None:
    """Let a claim be paid in so many instalments, as its policy would."""
    session.execute(
        update(SubsidyClaim).where(SubsidyClaim.id == claim_id).values(instalments=count)
    )


def ids(approved: Sequence[tuple[Claimant, int]]) -> list[int]:
    return [claim_id for _, claim_id in approved]


def assert_sums_agree(database: Database) -> None:
    with database.snapshot() as session:
        assert queries.first_difference(session) is None
        assert audit.verify(session).fault is None
