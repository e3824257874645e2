"""Through whom people can pay here."""

from flask import url_for

from lms.core.errors import NotFound
from lms.payments.domain.office import Office
from lms.payments.domain.orders import ProviderName, Way
from lms.payments.domain.provider import Provider
from lms.payments.gateway import Stripe, stripe_of
from lms.payments.models import CourseOrder
from lms.payments.service import open_page
from lms.web.access import database, settings


def ways() -> tuple[Way, ...]:
    """Return how people can pay here, the usual way first."""
    return tuple(Way) if settings().stripe else (Way.OFFICE, Way.INSTITUTION)


def till(name: str) -> Provider:
    """Return the provider of a name. Raises ``NotFound`` where it is not set up here."""
    return Office() if name == ProviderName.OFFICE else stripe()


def stripe() -> Stripe:
    """Return the account at Stripe. Raises ``NotFound`` where none is set up."""
    account = settings().stripe
    if account is None:
        raise NotFound
    return stripe_of(account)


def page_of(order: CourseOrder) -> str:
    """Open the page on which an order is paid, and return its address."""
    here = settings().base_url + url_for("orders.one", number=order.number)
    return open_page(
        database(),
        till(order.provider),
        order_id=order.id,
        come_back_to=f"{here}?back=1",
        leave_to=here,
    )
