"""Brings an order to where all that became known of its money puts it."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from lms.notify.domain.kinds import Value
from lms.notify.service import Told, tell
from lms.payments import queries
from lms.payments.domain.orders import (
    TAKEN,
    Ending,
    Known,
    OrderState,
    holds_seat,
    order_state,
)
from lms.payments.models import CourseOrder
from lms.payments.service.receipting import give_receipts
from lms.payments.service.redeeming import free_codes, use_codes
from lms.payments.service.returns import count_returns
from lms.payments.service.seating import end_seat, give_seat, give_seat_again


def settle(session: Session, order: CourseOrder, *, now: datetime) -> OrderState:
    """Give and take what the facts say; the order is locked. Doing it again changes nothing.

    The seat is given before it is taken back, so that it does not matter whether the site heard
    of the money first or of its return.
    """
    session.flush()
    give_receipts(session, order, now=now)
    known = queries.known_of(session, order)
    state = order_state(known)
    if state in TAKEN and order.paid_at is None:
        _take_payment(session, order, known, now)
    order.state = state
    session.flush()
    if state in TAKEN and holds_seat(known) is not (order.seat_ended_at is None):
        # All of it went back, or a refund failed after all.
        change = end_seat if order.seat_ended_at is None else give_seat_again
        change(session, order, now=now)
    count_returns(session, order, now=now)
    return state


def end(session: Session, order: CourseOrder, ending: Ending, *, now: datetime) -> None:
    """Say that an open order will not be paid; money that comes in all the same counts more."""
    if order.ending is None:
        known = replace(queries.known_of(session, order), ending=ending)
        order.ending, order.ended_at, order.state = ending, now, order_state(known)
        session.flush()
        if order.state not in TAKEN:
            free_codes(session, order, now=now)


def _take_payment(session: Session, order: CourseOrder, known: Known, now: datetime) -> None:
    order.state, order.paid_at = OrderState.PAID, now
    session.flush()
    use_codes(session, order, now=now)
    has_seat = give_seat(session, order, now=now)
    if not known.paid_fen:
        return
    template = "order_paid" if has_seat else "order_without_seat"
    params: dict[str, Value] = {"order": order.number, "amount": known.paid_fen}
    told = Told(order.person_id, template, params, f"order:{order.id}:paid")
    tell(session, messages=[told], now=now)
