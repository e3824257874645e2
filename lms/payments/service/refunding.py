"""Lets money go back: a person asks with a reason, the worker asks the provider, once."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, GatewayError, InvalidInput, Message
from lms.jobs.service import JobRequest, enqueue, run_again
from lms.payments import queries
from lms.payments.domain.office import Office
from lms.payments.domain.orders import ProviderName, RefundState
from lms.payments.domain.provider import RefundWanted
from lms.payments.domain.refunds import Asked
from lms.payments.models import OrderPayment, ProviderMessage, Refund

REFUND = "payments.refund"
_FAULT = 80


def ask_refund(
    session: Session, *, actor: Actor, number: str, asked: Asked, now: datetime
) -> Refund:
    """Write down that money is to go back and the job that sees to it; return the refund.

    Raises ``NotFound`` out of reach, ``Forbidden`` for one's own order, ``ConfirmationNeeded``
    unless the actor proved anew who they are, ``InvalidInput`` where it is more than there is,
    ``Conflict`` where nothing can go back.
    """
    require_confirmed(session, actor, now=now)
    seen = queries.whole(session, actor, number, Permission.ORDERS_SETTLE)
    if seen.line.order.person_id == actor.person_id:
        raise Forbidden("desk_of_oneself", "Please ask a colleague to do this for you.")
    known = session.scalar(select(Refund).where(Refund.key == asked.key))
    if known is not None:
        return known
    payment = _payment_of(session, seen.line.order.id)
    queries.locked_order(session, seen.line.order.id)
    most = queries.whole(session, actor, number, Permission.ORDERS_SETTLE).refundable_fen
    if payment is None or most == 0:
        raise Conflict("nothing_to_refund", "Nothing of this order can go back now.")
    if asked.amount_fen > most:
        raise InvalidInput({"amount": _too_much(most)})
    return _write_down(session, actor, (payment, number), asked, now)


def ask_again(session: Session, *, actor: Actor, number: str, refund_id: int) -> bool:
    """Have a refund asked for once more that the provider did not answer to; false if not so."""
    seen = queries.whole(session, actor, number, Permission.ORDERS_SETTLE)
    refund = next((each for each in seen.refunds if each.id == refund_id), None)
    if refund is None or refund.state != RefundState.ASKED:
        return False
    return run_again(session, _job_of(refund))


def wanted_refund(session: Session, refund_id: int) -> RefundWanted | None:
    """Return what to ask of the provider, ``None`` where nothing is to be asked any more."""
    refund = session.get_one(Refund, refund_id)
    payment = session.get_one(OrderPayment, refund.payment_id)
    if refund.state != RefundState.ASKED or refund.key is None:
        return None
    return RefundWanted(refund.key, payment.ref, refund.amount_fen)


def refuse_refund(session: Session, refund_id: int, error: GatewayError, *, now: datetime) -> None:
    """Write down that the provider would not; nothing went back."""
    refund = session.get_one(Refund, refund_id, with_for_update=True, populate_existing=True)
    if refund.state == RefundState.ASKED:
        why = str(error.message.params.get("why", error.code))
        refund.state, refund.settled_at, refund.fault = RefundState.FAILED, now, why[:_FAULT]
        session.flush()


def handle(session: Session, *, actor: Actor, message_id: str, now: datetime) -> None:
    """Note that somebody looked at a message that fits nothing.

    Raises ``Conflict`` where it is none that waits for the actor.
    """
    waiting = {each.id for each in queries.parked(session, actor, Permission.ORDERS_SETTLE)}
    if message_id not in waiting:
        raise Conflict("message_handled", "Somebody looked at this already.")
    message = session.get_one(
        ProviderMessage, message_id, with_for_update=True, populate_existing=True
    )
    if message.handled_at is not None:
        raise Conflict("message_handled", "Somebody looked at this already.")
    message.handled_at, message.handled_by_id = now, actor.person_id
    session.flush()
    record(
        session,
        actor_id=actor.person_id,
        action="order.message_handled",
        subject=f"message:{message_id}",
        details={"why": message.why},
        at=now,
    )


def _write_down(
    session: Session, actor: Actor, of: tuple[OrderPayment, str], asked: Asked, now: datetime
) -> Refund:
    refund = Refund(
        payment_id=of[0].id,
        key=asked.key,
        amount_fen=asked.amount_fen,
        state=RefundState.ASKED,
        reason=asked.reason,
        asked_by_id=actor.person_id,
        asked_at=now,
    )
    session.add(refund)
    session.flush()
    if of[0].provider == ProviderName.OFFICE:
        # Handed back over the counter: another person says when it was.
        seen = Office().refund(RefundWanted(asked.key, of[0].ref, asked.amount_fen))
        refund.state, refund.ref = seen.state, seen.ref
    else:
        args = {"refund": refund.id}
        enqueue(session, JobRequest(REFUND, _job_of(refund), args, actor.person_id))
    record(
        session,
        actor_id=actor.person_id,
        action="order.refund_asked",
        subject=f"order:{of[1]}",
        details={"amount_fen": asked.amount_fen, "reason": asked.reason},
        at=now,
    )
    return refund


def _payment_of(session: Session, order_id: int) -> OrderPayment | None:
    """Lock and return the payment of an order; payments are locked before their orders."""
    return session.scalars(
        select(OrderPayment)
        .where(OrderPayment.order_id == order_id)
        .order_by(OrderPayment.id)
        .limit(1)
        .with_for_update()
    ).one_or_none()


def _too_much(most_fen: int) -> Message:
    most = f"{most_fen // 100}.{most_fen % 100:02d}"
    return Message("refund_too_much", "No more than %(most)s yuan can go back.", {"most": most})


def _job_of(refund: Refund) -> str:
    return f"{REFUND}:{refund.key}"
