"""Takes in what a provider tells, each message once, and acts on it in the same transaction."""

from dataclasses import asdict
from datetime import datetime

import structlog
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from lms.db.upsert import insert_once
from lms.payments import queries
from lms.payments.domain.inbox import (
    Ordered,
    Outcome,
    fault_of,
    fault_of_page,
    order_number_of,
)
from lms.payments.domain.orders import Ending, ProviderName
from lms.payments.domain.provider import (
    CheckoutSeen,
    PageState,
    ProviderEvent,
    RefundSeen,
    Seen,
)
from lms.payments.models import CourseOrder, OrderPayment, ProviderMessage
from lms.payments.service.alerts import tell_of_odd
from lms.payments.service.returns import note_dispute, note_refund
from lms.payments.service.standing import end, settle

log = structlog.get_logger(__name__)

_ENDINGS = {PageState.FAILED: Ending.FAILED, PageState.EXPIRED: Ending.EXPIRED}


def hear(
    session: Session, *, provider: ProviderName, event: ProviderEvent, is_live: bool, now: datetime
) -> Outcome:
    """Take in a message and do what it says, once; return what came of it.

    The message and all it changes commit together. One that comes again, at the same moment or
    years later, finds the first and changes nothing.
    """
    seen = event.seen
    values = {
        "id": f"{provider}:{event.id}",
        "provider": provider,
        "kind": event.kind,
        "told_at": event.at,
        "received_at": now,
        "order_number": order_number_of(seen),
        "payment_ref": getattr(seen, "payment_ref", None),
        "seen": asdict(seen) if seen is not None else None,
        "outcome": Outcome.WAITING,
    }
    if not insert_once(session, ProviderMessage, values):
        return Outcome(session.get_one(ProviderMessage, values["id"]).outcome)
    outcome, why = Outcome.IGNORED, None
    if seen is not None:
        outcome, why = learn(session, provider=provider, seen=seen, is_live=is_live, now=now)
    row = session.get_one(ProviderMessage, values["id"])
    row.outcome, row.why = outcome, why
    session.flush()
    if outcome is Outcome.PARKED:
        log.error("payment_message_parked", message=row.id, kind=row.kind, why=why)
        tell_of_odd(session, f"message:{row.id}", row.order_number, now=now)
    return outcome


def learn(
    session: Session, *, provider: ProviderName, seen: Seen, is_live: bool, now: datetime
) -> tuple[Outcome, str | None]:
    """Act on what a provider tells of a page, a refund or a dispute; return why not, if not.

    In whatever order things are told and however often, the end is the same.
    """
    fault = fault_of(seen, is_live=is_live)
    if fault is not None:
        return Outcome.PARKED, fault
    if isinstance(seen, CheckoutSeen):
        return _learn_of_page(session, provider, seen, now)
    payment = _payment(session, provider, seen.payment_ref, now)
    if isinstance(seen, RefundSeen):
        fits = note_refund(session, payment, seen, now=now)
    else:
        fits = note_dispute(session, payment, seen, now=now)
    if not fits:
        return Outcome.PARKED, "wrong_amount"
    if payment.order_id is None:
        return Outcome.WAITING, None
    settle(session, queries.locked_order(session, payment.order_id), now=now)
    return Outcome.APPLIED, None


def _learn_of_page(
    session: Session, provider: ProviderName, seen: CheckoutSeen, now: datetime
) -> tuple[Outcome, str | None]:
    order = session.scalar(
        select(CourseOrder).where(
            CourseOrder.number == (seen.order_number or ""), CourseOrder.provider == provider
        )
    )
    known = Ordered(order.number, order.page_ref, order.due_fen) if order else None
    fault = fault_of_page(seen, known)
    if order is None or fault is not None:
        return Outcome.PARKED, fault
    if seen.state is PageState.PAID and not _take_in(session, provider, order.id, seen, now):
        return Outcome.PARKED, "wrong_payment"
    order = queries.locked_order(session, order.id)
    if seen.state is PageState.AWAITING:
        order.awaiting_at = order.awaiting_at or now
    elif seen.state in _ENDINGS:
        end(session, order, _ENDINGS[seen.state], now=now)
    settle(session, order, now=now)
    return Outcome.APPLIED, None


def _take_in(
    session: Session, provider: ProviderName, order_id: int, seen: CheckoutSeen, now: datetime
) -> bool:
    """Write down whose a payment is and how much; false where it is another order's.

    Payments are locked before their orders, as by a refund.
    """
    if seen.payment_ref is None:
        return False
    payment = _payment(session, provider, seen.payment_ref, now)
    if payment.order_id is None:
        payment.order_id, payment.amount_fen = order_id, seen.amount
        payment.method, payment.recorded_at = seen.method, now
        session.flush()
        _wait_no_longer(session, provider, seen.payment_ref)
    return payment.order_id == order_id


def _payment(session: Session, provider: ProviderName, ref: str, now: datetime) -> OrderPayment:
    """Lock and return a payment by the provider's name for it, new where nobody heard of it."""
    insert_once(session, OrderPayment, {"provider": provider, "ref": ref, "heard_at": now})
    return session.scalars(
        select(OrderPayment)
        .where(OrderPayment.provider == provider, OrderPayment.ref == ref)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _wait_no_longer(session: Session, provider: ProviderName, ref: str) -> None:
    """Let what was told of a payment before the payment itself count from now on."""
    session.execute(
        update(ProviderMessage)
        .where(
            ProviderMessage.payment_ref == ref,
            ProviderMessage.provider == provider,
            ProviderMessage.outcome == Outcome.WAITING,
        )
        .values(outcome=Outcome.APPLIED)
    )
