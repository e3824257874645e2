"""What the worker does about orders: closes pages, refunds, compares, ends what is over."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lms.core.errors import GatewayError
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


def send_refund(context: JobContext) -> None:
    """Ask the provider to let money go back; asking again is the same refund.

    Raises ``GatewayError`` where it does not answer, and the job tries again.
    """
    refund_id, account = int(context.args["refund"]), context.settings.stripe
    with context.database.snapshot() as session:
        wanted = service.wanted_refund(session, refund_id)
    if wanted is None or account is None:
        return
    stripe = stripe_of(account)
    try:
        seen = stripe.refund(wanted)
    except GatewayError as error:
        if error.retryable:
            raise
        with context.database.transaction() as session:
            service.refuse_refund(session, refund_id, error, now=now(session))
        return
    with context.database.transaction() as session:
        service.learn(
            session,
            provider=ProviderName.STRIPE,
            seen=seen,
            is_live=stripe.is_live,
            now=now(session),
        )


def reconcile(context: JobContext) -> Mapping[str, Any] | None:
    """Compare what Stripe lists with what the site knows, each thing in a transaction.

    It may be stopped and run again: what was learnt is known then. Raises ``GatewayError`` where
    Stripe does not answer, and the job tries again.
    """
    account, args = context.settings.stripe, context.args
    if account is None:
        return None
    stripe, since = stripe_of(account), datetime.fromisoformat(args["since"])
    with context.database.transaction() as session:
        number = service.begin(
            session, key=context.job_id, since=since, by=args["by"], now=now(session)
        )
    found = service.Reconciled()
    # The provider is asked for the next ones between two transactions, and few are held at a time.
    for seen in stripe.since(since):
        with context.database.transaction() as session:
            service.look_at(session, found, seen, is_live=stripe.is_live, now=now(session))
    with context.database.transaction() as session:
        context.go_on(session)
        service.finish(session, number, found, now=now(session))
    return {"looked_at": found.looked_at, "repaired": found.repaired}


def reconcile_nightly(database: Database, settings: Settings) -> None:
    """Write the day's reconciliation down, where people pay on line."""
    if settings.stripe is None:
        return
    with database.transaction() as session:
        service.ask_nightly(session, now=now(session))


def end_overdue(database: Database, _settings: Settings) -> None:
    """End the orders that nobody paid in time, each in a transaction."""
    with database.snapshot() as session:
        due = queries.overdue(session, at=now(session), limit=_BATCH)
    for order_id in due:
        with database.transaction() as session:
            service.expire(session, order_id=order_id, now=now(session))
