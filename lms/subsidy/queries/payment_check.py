"""Holds payments, claims and batches against each other: sums that have to be one."""

from dataclasses import dataclass

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from lms.subsidy.domain.payments import PaymentState
from lms.subsidy.models import PaymentBatch, SubsidyClaim, SubsidyPayment


@dataclass(frozen=True, slots=True)
class Difference:
    """Two sums that should be one: of what, and what each says, fen or a count."""

    what: str
    payments: int
    written: int


def first_difference(session: Session) -> Difference | None:
    """Return the first claim or batch whose sums differ from its payments; ``None``: all agree."""
    return _of_claims(session) or _of_batches(session) or _of_everything(session)


def _of_claims(session: Session) -> Difference | None:
    """Hold what was paid, and what is under way, against the payments of each claim."""
    own, claim = SubsidyPayment, SubsidyClaim
    paid = func.coalesce(func.sum(case((own.state == PaymentState.PAID, own.amount_fen))), 0)
    planned = func.count(case((own.state == PaymentState.PLANNED, own.id)))
    sent = func.count(case((own.state == PaymentState.SENT, own.id)))
    should = {planned: case((claim.money == "planned", 1), else_=0)}
    should[sent] = case((claim.money == "sent", 1), else_=0)
    rows = (
        select(claim.id, paid, claim.paid_fen, planned, sent, claim.money)
        .outerjoin(own, own.claim_id == claim.id)
        .group_by(claim.id)
        .having((paid != claim.paid_fen) | (planned != should[planned]) | (sent != should[sent]))
        .order_by(claim.id)
        .limit(1)
    )
    found = session.execute(rows).one_or_none()
    if found is None:
        return None
    claim_id, paid_fen, written, plans, sents, money = found
    if paid_fen != written:
        return Difference(f"claim:{claim_id} paid_fen", int(paid_fen), written)
    return Difference(f"claim:{claim_id} money={money}", plans + sents, int(money != "none"))


def _of_batches(session: Session) -> Difference | None:
    """Hold what was released against the payments that went out."""
    own, batch = SubsidyPayment, PaymentBatch
    out = own.state != PaymentState.CANCELLED
    rows, total = (
        func.count(case((out, own.id))),
        func.coalesce(func.sum(case((out, own.amount_fen))), 0),
    )
    found = session.execute(
        select(batch.number, rows, batch.rows, total, batch.total_fen)
        .outerjoin(own, own.batch_id == batch.id)
        .where(batch.released_at.is_not(None))
        .group_by(batch.id)
        .having((rows != batch.rows) | (total != batch.total_fen))
        .order_by(batch.id)
        .limit(1)
    ).one_or_none()
    if found is None:
        return None
    if found[1] != found[2]:
        return Difference(f"{found[0]} rows", found[1], found[2])
    return Difference(f"{found[0]} total_fen", int(found[3]), found[4])


def _of_everything(session: Session) -> Difference | None:
    """Hold all that batches paid against all that claims were paid."""
    own = SubsidyPayment
    batches = select(func.coalesce(func.sum(own.amount_fen), 0)).join(
        PaymentBatch, PaymentBatch.id == own.batch_id
    )
    paid = batches.where(own.state == PaymentState.PAID, PaymentBatch.released_at.is_not(None))
    claims = select(func.coalesce(func.sum(SubsidyClaim.paid_fen), 0))
    of_batches, of_claims = int(session.scalar(paid) or 0), int(session.scalar(claims) or 0)
    if of_batches == of_claims:
        return None
    return Difference("everything", of_batches, of_claims)
