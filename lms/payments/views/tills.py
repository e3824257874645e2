"""Through whom people can pay here."""

from flask import url_for

from lms.core.errors import NotFound
from lms.payments.domain.orders import ProviderName
from lms.payments.gateway import Stripe, stripe_of
from lms.payments.models import CourseOrder
from lms.payments.service import open_page
from lms.web.access import database, settings


def ways() -> tuple[ProviderName, ...]:
    """Return how people can pay here."""
    return (ProviderName.STRIPE,) if settings().stripe else ()


def stripe() -> Stripe:
    """Return the account at Stripe. Raises ``NotFound`` where none is set up."""
    account = settings().stripe
    if account is None:
        raise NotFound
    return stripe_of(account)


def page_of(order: CourseOrder) -> str:
    """Open the page on which an order is paid, and return its address."""
    here = url_for("orders.one", number=order.number, back=1, _external=False)
    return open_page(
        database(),
        stripe(),
        order_id=order.id,
        come_back_to=settings().base_url + here,
    )
