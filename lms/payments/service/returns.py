"""Writes down what a provider tells of money that goes back: refunds and disputes."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.db.bus import emit
from lms.db.upsert import insert_once
from lms.notify.domain.kinds import Value
from lms.notify.service import Told, tell
from lms.payments import queries
from lms.payments.domain.orders import (
    DISPUTE_RANK,
    REFUND_RANK,
    DisputeState,
    RefundState,
)
from lms.payments.domain.provider import DisputeSeen, RefundSeen
from lms.payments.events import Refunded
from lms.payments.models import CourseOrder, Dispute, OrderPayment, Refund

_OVER = (RefundState.SUCCEEDED, RefundState.FAILED)


def note_refund(
    session: Session, payment: OrderPayment, seen: RefundSeen, *, now: datetime
) -> bool:
    """Write down where a refund stands; what is told late takes nothing back.

    False where it is of another amount than the site knows. The payment is locked.
    """
    row = _known_refund(session, payment, seen)
    if row is None:
        row = Refund(
            payment_id=payment.id,
            ref=seen.ref,
            amount_fen=seen.amount,
            state=RefundState.PENDING,
            asked_at=now,
        )
        session.add(row)
    if row.amount_fen != seen.amount:
        return False
    row.ref = seen.ref
    if REFUND_RANK[seen.state] > REFUND_RANK[RefundState(row.state)]:
        row.state = seen.state
        row.settled_at = now if seen.state in _OVER else None
    session.flush()
    return True


def note_dispute(
    session: Session, payment: OrderPayment, seen: DisputeSeen, *, now: datetime
) -> bool:
    """Write down where a dispute stands, as ``note_refund`` does."""
    first = {
        "payment_id": payment.id,
        "ref": seen.ref,
        "amount_fen": seen.amount,
        "state": DisputeState.OPEN,
        "opened_at": now,
    }
    insert_once(session, Dispute, first)
    row = session.scalars(
        select(Dispute).where(Dispute.payment_id == payment.id, Dispute.ref == seen.ref)
    ).one()
    if row.amount_fen != seen.amount:
        return False
    if DISPUTE_RANK[seen.state] > DISPUTE_RANK[DisputeState(row.state)]:
        row.state, row.closed_at = seen.state, now
    session.flush()
    return True


def count_returns(session: Session, order: CourseOrder, *, now: datetime) -> None:
    """Tell the learner and the features above of money that went back; each once."""
    for refund in queries.refunds_of(session, order.id):
        if refund.state == RefundState.SUCCEEDED and refund.counted_at is None:
            refund.counted_at = now
            _went_back(session, order, f"refund-{refund.id}", refund.amount_fen, now)
    for dispute in queries.disputes_of(session, order.id):
        if dispute.state == DisputeState.LOST and dispute.counted_at is None:
            dispute.counted_at = now
            _went_back(session, order, f"dispute-{dispute.id}", dispute.amount_fen, now)
    session.flush()


def _went_back(
    session: Session, order: CourseOrder, name: str, amount_fen: int, now: datetime
) -> None:
    params: dict[str, Value] = {"order": order.number, "amount": amount_fen}
    told = Told(order.person_id, "order_refunded", params, f"order:{order.id}:{name}")
    tell(session, messages=[told], now=now)
    if order.enrollment_id is not None:
        emit(session, Refunded(f"{order.number}:{name}", order.enrollment_id, now))


def _known_refund(session: Session, payment: OrderPayment, seen: RefundSeen) -> Refund | None:
    """Return the refund by the provider's name, or by the one we asked for it with."""
    rows = session.scalars(select(Refund).where(Refund.payment_id == payment.id)).all()
    by_ref = next((row for row in rows if row.ref == seen.ref), None)
    if by_ref is not None or seen.key is None:
        return by_ref
    return next((row for row in rows if row.key == seen.key and row.ref is None), None)
