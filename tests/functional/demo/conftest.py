"""A till on loopback with a listener for its events."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from tests.support.stripe_till import Listener, RunningTill, listening, running


@pytest.fixture
def listener() -> Iterator[Listener]:
    """Takes the events of the till."""
    with listening() as opened:
        yield opened


@pytest.fixture
def running_till(listener: Listener) -> Iterator[RunningTill]:
    """A till without a file that tells the listener."""
    with running(webhook_url=listener.url) as opened:
        yield opened


@pytest.fixture
def shop(running_till: RunningTill) -> stripe.StripeClient:
    """The real library, as the site uses it."""
    return running_till.client()


@pytest.fixture
def order() -> dict[str, Any]:
    """What a site asks for to sell one course."""
    product = {"currency": "cny", "unit_amount": 8_000, "product_data": {"name": "直播带货入门"}}
    return {
        "mode": "payment",
        "line_items": [{"price_data": product, "quantity": 1}],
        "success_url": "http://127.0.0.1:9/paid?session={CHECKOUT_SESSION_ID}",
        "cancel_url": "http://127.0.0.1:9/back",
        "client_reference_id": "order-7",
        "metadata": {"order": "7"},
        "payment_intent_data": {"metadata": {"order": "7"}},
        "payment_method_types": ["card", "alipay", "wechat_pay"],
        "payment_method_options": {"wechat_pay": {"client": "web"}},
    }
