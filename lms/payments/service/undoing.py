"""Undoes orders of which nothing was left to pay: no money goes back, but seat and codes."""

from datetime import datetime

from sqlalchemy.orm import Session

from lms.accounts.service.security import require_confirmed
from lms.audit.service import record
from lms.core.access import Actor, Permission
from lms.core.errors import Conflict, Forbidden
from lms.db.bus import emit
from lms.notify.service import Told, tell
from lms.payments import queries
from lms.payments.domain.orders import OrderState
from lms.payments.events import Refunded
from lms.payments.models import UndoneOrder
from lms.payments.service.standing import settle


def undo(session: Session, *, actor: Actor, number: str, reason: str, now: datetime) -> None:
    """Undo an order without money: its seat ends and its codes are given back.

    Raises ``NotFound`` out of reach, ``Forbidden`` for one's own order, ``ConfirmationNeeded``
    unless the actor proved anew who they are, ``Conflict`` where money came in or it is undone.
    """
    require_confirmed(session, actor, now=now)
    seen = queries.whole(session, actor, number, Permission.ORDERS_SETTLE)
    if seen.line.order.person_id == actor.person_id:
        raise Forbidden("desk_of_oneself", "Please ask a colleague to do this for you.")
    order = queries.locked_order(session, seen.line.order.id)
    if order.due_fen > 0 or order.state != OrderState.PAID:
        raise Conflict("order_not_undone", "This order cannot be undone.")
    session.add(
        UndoneOrder(order_id=order.id, reason=reason, undone_by_id=actor.person_id, undone_at=now)
    )
    settle(session, order, now=now)
    if order.enrollment_id is not None:
        emit(session, Refunded(f"{number}:undone", order.enrollment_id, now))
    told = Told(order.person_id, "order_undone", {"order": number}, f"order:{order.id}:undone")
    tell(session, messages=[told], now=now)
    record(
        session,
        actor_id=actor.person_id,
        action="order.undone",
        subject=f"order:{number}",
        details={"reason": reason},
        at=now,
    )
