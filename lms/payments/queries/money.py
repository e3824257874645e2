"""Adds up what became known of the money of an order."""

from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.payments.domain.orders import DisputeState, Ending, Known, returned_fen
from lms.payments.domain.provider import CheckoutSeen, RefundSeen, Seen
from lms.payments.models import CourseOrder, Dispute, OrderPayment, Refund
from lms.payments.queries.orders import undone_of


def known_of(session: Session, order: CourseOrder) -> Known:
    """Return all that became known of an order, which is locked."""
    paid = session.scalar(
        select(func.sum(OrderPayment.amount_fen)).where(OrderPayment.order_id == order.id)
    )
    refunds = [(row.amount_fen, row.state) for row in refunds_of(session, order.id)]
    disputes = disputes_of(session, order.id)
    return Known(
        # PostgreSQL adds whole numbers up to decimals.
        paid_fen=int(paid or 0),
        returned_fen=returned_fen(refunds, [(row.amount_fen, row.state) for row in disputes]),
        has_open_dispute=any(row.state == DisputeState.OPEN for row in disputes),
        is_waived=order.due_fen == 0,
        is_undone=undone_of(session, order) is not None,
        ending=Ending(order.ending) if order.ending else None,
    )


def refunds_of(session: Session, order_id: int) -> Sequence[Refund]:
    """Return what went back or is on its way, the oldest first."""
    return session.scalars(
        select(Refund)
        .join(OrderPayment, OrderPayment.id == Refund.payment_id)
        .where(OrderPayment.order_id == order_id)
        .order_by(Refund.id)
    ).all()


def disputes_of(session: Session, order_id: int) -> Sequence[Dispute]:
    """Return what payers' banks asked back, the oldest first."""
    return session.scalars(
        select(Dispute)
        .join(OrderPayment, OrderPayment.id == Dispute.payment_id)
        .where(OrderPayment.order_id == order_id)
        .order_by(Dispute.id)
    ).all()


def standing_of(session: Session, seen: Seen) -> tuple[object, ...]:
    """Return what the site knows of a thing a provider lists; another value is news."""
    if isinstance(seen, CheckoutSeen):
        row = session.execute(
            select(CourseOrder.state, CourseOrder.awaiting_at, CourseOrder.ending).where(
                CourseOrder.page_ref == seen.ref
            )
        ).one_or_none()
        return tuple(row) if row else ()
    kind = Refund if isinstance(seen, RefundSeen) else Dispute
    state = session.scalar(
        select(kind.state)
        .join(OrderPayment, OrderPayment.id == kind.payment_id)
        .where(OrderPayment.ref == seen.payment_ref, kind.ref == seen.ref)
    )
    return (state,)
