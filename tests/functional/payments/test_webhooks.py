"""What Stripe tells the site: believed where it is signed, and each message once."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import count
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from lms.core.clock import utc_now
from lms.demo.stripe_server import signature
from lms.enrollment.models import Enrollment
from lms.notify.models import InboxMessage, SmsMessage
from lms.payments.models import OrderPayment, ProviderMessage
from tests.factories.orders import PRICE
from tests.factories.shop import OTHER_SECRET, Shop
from tests.support.site import Client
from tests.support.stripe_till import SECRET

_numbers = count(1)
PATH = "/webhooks/stripe"


def event(shop: Shop, kind: str = "checkout.session.completed", **changes: Any) -> bytes:
    """Return a message that the page of the newest order was paid on."""
    order = shop.order()
    page = {
        "id": order.page_ref,
        "object": "checkout.session",
        "status": "complete",
        "payment_status": "paid",
        "amount_total": PRICE,
        "currency": "cny",
        "mode": "payment",
        "client_reference_id": order.number,
        "payment_intent": "pi_by_hand",
        # What a payer typed there is none of the site's business.
        "customer_details": {"name": "买家", "email": "payer@example.org"},
    }
    told = {
        "id": f"evt_by_hand_{next(_numbers)}",
        "object": "event",
        "type": kind,
        "created": int(utc_now().timestamp()),
        "livemode": False,
        "data": {"object": page},
    }
    return json.dumps({**told, **changes}).encode()


def send(client: Client, body: bytes, *, secret: str = SECRET, ago: int = 0) -> Any:
    """Send a message as Stripe does; return the answer."""
    at = int(utc_now().timestamp()) - ago
    headers = {"Stripe-Signature": signature(secret, body, at)}
    return client.post(PATH, data=body, headers=headers, csrf=False)


def counted(shop: Shop) -> dict[str, int]:
    """Return how many there are of all that a payment makes."""
    with shop.database.snapshot() as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model))
            for model in (ProviderMessage, OrderPayment, Enrollment, InboxMessage, SmsMessage)
        }


PAID = {"payment_status": "paid", "amount_total": 5, "mode": "payment", "payment_intent": "pi_y"}
ONE_OF_EACH = {
    "provider_message": 1,
    "order_payment": 1,
    "enrollment": 1,
    "inbox_message": 1,
    "sms_message": 1,
}


def test_a_message_that_is_not_signed_by_stripe_changes_nothing(shop: Shop) -> None:
    shop.order_it()
    body = event(shop)
    at = int(utc_now().timestamp())
    good = signature(SECRET, body, at)
    for said in ("", "t=1,v1=2", good[:-1] + ("0" if good[-1] != "0" else "1"), "v1=" + "0" * 64):
        answer = shop.client.post(PATH, data=body, headers={"Stripe-Signature": said}, csrf=False)
        assert answer.status_code == 403
    assert send(shop.client, body, secret="whsec_of_somebody_else").status_code == 403
    assert send(shop.client, body, ago=301).status_code == 403
    changed = shop.client.post(
        PATH, data=body + b" ", headers={"Stripe-Signature": good}, csrf=False
    )
    assert changed.status_code == 403
    assert set(counted(shop).values()) == {0}
    assert shop.order().state == "open"


@pytest.mark.parametrize("secret", [SECRET, OTHER_SECRET])
def test_while_secrets_change_both_are_believed(shop: Shop, secret: str) -> None:
    shop.order_it()
    assert send(shop.client, event(shop), secret=secret).json == {"outcome": "applied"}
    assert shop.seats() == ["active"]


def test_a_hundred_at_once_and_again_later_are_one(shop: Shop) -> None:
    shop.order_it()
    body = event(shop)
    headers = {"Stripe-Signature": signature(SECRET, body, int(utc_now().timestamp()))}

    def post(_: int) -> int:
        line = HTTPConnection(urlsplit(shop.site.url).netloc, timeout=60)
        line.request("POST", PATH, body, headers)
        answer = line.getresponse()
        answer.read()
        line.close()
        return answer.status

    with ThreadPoolExecutor(20) as pool:
        assert set(pool.map(post, range(100))) == {200}
    assert counted(shop) == ONE_OF_EACH
    # Sent anew days later it is signed anew.
    assert send(shop.client, body).json == {"outcome": "applied"}
    assert counted(shop) == ONE_OF_EACH


def test_nothing_a_payer_typed_is_kept(shop: Shop) -> None:
    shop.order_it()
    send(shop.client, event(shop))
    with shop.database.snapshot() as session:
        kept = json.dumps(session.scalars(select(ProviderMessage.seen)).one())
    assert shop.order().number in kept
    assert "payer@example.org" not in kept
    assert "买家" not in kept


def test_messages_about_other_things_are_kept_and_ignored(shop: Shop) -> None:
    assert shop.order_it()
    body = event(shop, "customer.created")
    assert send(shop.client, body).json == {"outcome": "ignored"}
    assert shop.order().state == "open"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"id": "evt_1"}', b"\xff\xfe", b"nonsense"])
def test_what_is_signed_and_cannot_be_read_is_refused(shop: Shop, body: bytes) -> None:
    answer = send(shop.client, body)
    assert answer.status_code in (403, 422)
    assert counted(shop)["provider_message"] == 0


def of_another_shop(kind: str, **thing: Any) -> bytes:
    """Return a message about what somebody else sells through the same account."""
    told = {
        "id": f"evt_other_{next(_numbers)}",
        "object": "event",
        "type": kind,
        "created": int(utc_now().timestamp()),
        "livemode": False,
        "data": {"object": {"id": "other_1", "currency": "cny", **thing}},
    }
    return json.dumps(told).encode()


def test_what_others_sell_through_the_same_account_is_no_fault_of_the_site(shop: Shop) -> None:
    page = {"status": "complete", "client_reference_id": "x" * 200, "payment_intent": None}
    setup = page | {"payment_status": "no_payment_required", "amount_total": None, "mode": "setup"}
    told = [
        of_another_shop("checkout.session.completed", **(setup | {"currency": None})),
        of_another_shop("checkout.session.completed", **(page | PAID)),
        of_another_shop("refund.created", payment_intent=None, amount=5, status="succeeded"),
        of_another_shop("charge.dispute.created", payment_intent=None, amount=5, status="lost"),
        of_another_shop("refund.updated", payment_intent="pi_x", amount=5, status="new_word"),
    ]
    outcomes = [send(shop.client, body).json["outcome"] for body in told]
    assert outcomes == ["parked", "parked", "ignored", "ignored", "waiting"]


def test_play_money_does_not_pay_a_real_order(shop: Shop) -> None:
    shop.order_it()
    assert send(shop.client, event(shop, livemode=True)).json == {"outcome": "parked"}
    assert shop.seats() == []


def test_the_address_takes_messages_alone(shop: Shop) -> None:
    assert shop.client.get(PATH).status_code == 405
    huge = shop.client.post(PATH, data=b"x" * 600_000, csrf=False)
    assert huge.status_code == 400


@pytest.mark.parametrize("seed", range(4))
def test_twice_and_out_of_order_it_ends_the_same(shop: Shop, seed: int) -> None:
    till = shop.till.till
    till.policy.copies, till.policy.is_holding = 2, True
    shop.order_it()
    intent = till.pay(shop.order().page_ref)["payment_intent"]
    till.refund(intent, 900)
    till.lose_dispute(till.dispute(intent)["id"])
    till.release(seed=seed)
    till.policy.is_holding = False
    shop.told()
    assert shop.order().state == "refunded"
    assert shop.seats() == ["cancelled"]
    assert counted(shop)["order_payment"] == 1


def test_a_message_is_as_old_as_stripe_says(shop: Shop) -> None:
    shop.order_it()
    early = datetime(2026, 11, 1, 3, tzinfo=UTC)
    send(shop.client, event(shop, created=int(early.timestamp())))
    with shop.database.snapshot() as session:
        message = session.scalars(select(ProviderMessage)).one()
    assert message.told_at == early
    assert utc_now() - message.received_at < timedelta(minutes=10)
