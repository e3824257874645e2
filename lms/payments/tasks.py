"""What the worker does about orders: closes pages nobody is to pay on, ends what ran out."""

from lms.db.session import Database, now
from lms.jobs.tasks import JobContext
from lms.payments import queries, service
from lms.payments.domain.orders import ProviderName
from lms.payments.gateway import stripe_of
from lms.payments.models import CourseOrder
from lms.settings import Settings

_BATCH = 200


def close_page(context: JobContext) -> None:
    """Close the page of an order that is over; one that was paid meanwhile is paid."""
    account = context.settings.stripe
    with context.database.snapshot() as session:
        order = session.get_one(CourseOrder, int(context.args["order_id"]))
    if account is None or order.page_ref is None or order.provider != ProviderName.STRIPE:
        return
    stripe = stripe_of(account)
    seen = stripe.close_page(order.page_ref)
    with context.database.transaction() as session:
        service.learn(
            session,
            provider=ProviderName.STRIPE,
            seen=seen,
            is_live=stripe.is_live,
            now=now(session),
        )


def end_overdue(database: Database, _settings: Settings) -> None:
    """End the orders that nobody paid in time, each in a transaction."""
    with database.snapshot() as session:
        due = queries.overdue(session, at=now(session), limit=_BATCH)
    for order_id in due:
        with database.transaction() as session:
            service.expire(session, order_id=order_id, now=now(session))
