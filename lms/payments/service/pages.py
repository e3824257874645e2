"""Opens and closes the pages on which orders are paid, outside of every transaction."""

from sqlalchemy.orm import Session

from lms.core.errors import Conflict
from lms.db.session import Database
from lms.jobs.service import JobRequest, enqueue
from lms.payments import queries
from lms.payments.domain.orders import OrderState
from lms.payments.domain.provider import PageWanted, Provider
from lms.payments.models import CourseOrder

CLOSE = "payments.close_page"


def open_page(
    database: Database, provider: Provider, *, order_id: int, come_back_to: str, leave_to: str
) -> str:
    """Return the address on which an open order is paid; asking again returns the same.

    Raises ``Conflict`` where the order is not open any more, ``GatewayError`` where the provider
    does not answer: the order stays, and one can try again.
    """
    with database.snapshot() as session:
        order = session.get_one(CourseOrder, order_id)
    if order.state != OrderState.OPEN:
        raise Conflict("order_not_open", "This order is over.")
    if order.page_address is not None:
        return order.page_address
    opened = provider.open_page(
        PageWanted(order.number, order.due_fen, order.expires_at, come_back_to, leave_to)
    )
    with database.transaction() as session:
        order = queries.locked_order(session, order_id)
        if order.page_ref is None:
            order.page_ref, order.page_address = opened.ref, opened.address
        if order.state != OrderState.OPEN:
            # Given up while its page was being made: nobody is to pay there.
            close_later(session, order)
    return opened.address


def close_later(session: Session, order: CourseOrder) -> None:
    """Have the page of an order that is over closed, once this is committed."""
    if order.page_ref is not None:
        args = {"order_id": order.id}
        enqueue(session, JobRequest(CLOSE, f"{CLOSE}:{order.id}", args, order.person_id))
