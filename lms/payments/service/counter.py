"""Takes money at the counter of the office: one person writes it down, another confirms it."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden, InvalidInput, Message, NotFound
from lms.db.session import savepoint
from lms.payments import queries
from lms.payments.domain.office import Counted
from lms.payments.domain.orders import OrderState, Payer, ProviderName, RefundState
from lms.payments.models import CounterPayment, CourseOrder, OrderPayment, Refund
from lms.payments.service.standing import settle

_NO_NAME = Message("no_institution", "Please write which institution paid.")
_NOT_DUE = Message("amount_not_due", "Exactly what is due has to be paid.")


def take(
    session: Session, *, actor: Actor, number: str, counted: Counted, now: datetime
) -> CounterPayment:
    """Write down what somebody paid at the counter; it counts once another person confirms it.

    Raises ``NotFound`` out of reach, ``Forbidden`` for one's own order, ``InvalidInput`` for
    another amount than is due or an institution without a name, ``Conflict`` where the order is
    not to be paid there.
    """
    order = _order_of(session, actor, number)
    if order.provider != ProviderName.OFFICE or order.state != OrderState.OPEN:
        raise Conflict("order_not_open", "This order is over.")
    if counted.amount_fen != order.due_fen:
        raise InvalidInput({"amount": _NOT_DUE})
    if order.payer == Payer.INSTITUTION and counted.paid_by is None:
        raise InvalidInput({"paid_by": _NO_NAME})
    row = CounterPayment(
        order_id=order.id,
        kind=counted.kind,
        amount_fen=counted.amount_fen,
        paper=counted.paper,
        paid_by=counted.paid_by if order.payer == Payer.INSTITUTION else None,
        taken_by_id=actor.person_id,
        taken_at=now,
    )
    try:
        with savepoint(session):
            session.add(row)
            session.flush()
    except IntegrityError as error:
        raise Conflict("counter_taken", "Somebody wrote this down already.") from error
    # It does not run out while the second person looks.
    order.awaiting_at = now
    session.flush()
    _record(session, actor, "order.money_taken", number, now)
    return row


def confirm(session: Session, *, actor: Actor, number: str, now: datetime) -> None:
    """Confirm that the money of an order is there: it is paid by that.

    Raises as ``take``, ``Forbidden`` for who took it, ``ConfirmationNeeded`` unless the actor
    proved anew who they are.
    """
    require_confirmed(session, actor, now=now)
    order = _order_of(session, actor, number)
    row = _open_row(session, order)
    if row.taken_by_id == actor.person_id:
        raise Forbidden("second_person", "Another person has to confirm this.")
    row.confirmed_by_id, row.confirmed_at = actor.person_id, now
    session.flush()
    session.add(
        OrderPayment(
            provider=ProviderName.OFFICE,
            ref=f"office-{row.id}",
            heard_at=row.taken_at,
            order_id=order.id,
            amount_fen=row.amount_fen,
            method=row.kind,
            recorded_at=now,
        )
    )
    settle(session, order, now=now)
    _record(session, actor, "order.money_confirmed", number, now)


def drop(session: Session, *, actor: Actor, number: str, now: datetime) -> None:
    """Take back what was written down by mistake and not confirmed yet. Raises as ``take``."""
    order = _order_of(session, actor, number)
    row = _open_row(session, order)
    row.dropped_by_id, row.dropped_at = actor.person_id, now
    order.awaiting_at = None
    session.flush()
    _record(session, actor, "order.money_dropped", number, now)


def hand_back(
    session: Session, *, actor: Actor, number: str, refund_id: int, now: datetime
) -> None:
    """Say that money was handed back over the counter, as another person asked.

    Raises as ``confirm``.
    """
    require_confirmed(session, actor, now=now)
    order = _order_of(session, actor, number)
    refunds = {each.id: each for each in queries.refunds_of(session, order.id)}
    refund = refunds.get(refund_id)
    if refund is None or _provider_of(session, refund) != ProviderName.OFFICE:
        raise NotFound
    if refund.state != RefundState.PENDING:
        raise Conflict("refund_over", "This was settled already.")
    if refund.asked_by_id == actor.person_id:
        raise Forbidden("second_person", "Another person has to confirm this.")
    refund.state, refund.settled_at = RefundState.SUCCEEDED, now
    settle(session, order, now=now)
    _record(session, actor, "order.money_handed_back", number, now)


def _provider_of(session: Session, refund: Refund) -> str:
    return session.get_one(OrderPayment, refund.payment_id).provider


def _order_of(session: Session, actor: Actor, number: str) -> CourseOrder:
    seen = queries.whole(session, actor, number, Permission.ORDERS_SETTLE)
    if seen.line.order.person_id == actor.person_id:
        raise Forbidden("desk_of_oneself", "Please ask a colleague to do this for you.")
    return queries.locked_order(session, seen.line.order.id)


def _open_row(session: Session, order: CourseOrder) -> CounterPayment:
    row = session.scalar(
        select(CounterPayment)
        .where(
            CounterPayment.order_id == order.id,
            CounterPayment.confirmed_at.is_(None),
            CounterPayment.dropped_at.is_(None),
        )
        .with_for_update()
    )
    if row is None:
        raise Conflict("nothing_to_confirm", "There is nothing to confirm.")
    return row


def _record(session: Session, actor: Actor, action: str, number: str, now: datetime) -> None:
    record(session, actor_id=actor.person_id, action=action, subject=f"order:{number}", at=now)
