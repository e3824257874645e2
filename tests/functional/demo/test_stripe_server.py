"""The till's API under the real library: sessions, payments, keys, and what is refused."""

from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from typing import Any

import pytest
import stripe

from tests.support.stripe_till import RunningTill


def refusal(call: Any, *arguments: Any, **named: Any) -> stripe.InvalidRequestError:
    with pytest.raises(stripe.InvalidRequestError) as raised:
        call(*arguments, **named)
    return raised.value


def changed(order: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """Return the order with one value put in, or taken out where it is None."""
    *levels, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place: Any = order
    for level in levels:
        place = place[level]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return order


def test_a_new_session_is_open_and_says_what_is_to_be_paid(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    assert (session.status, session.payment_status) == ("open", "unpaid")
    assert (session.amount_total, session.currency) == (8_000, "cny")
    assert session.url == f"{running_till.url}/pay/{session.id}"
    assert (session.payment_intent, session.customer_details) == (None, None)
    assert session.client_reference_id == "order-7"
    assert session.metadata.to_dict() == {"order": "7"}
    assert session.expires_at == session.created + 24 * 3600
    assert session.livemode is False


def test_a_paid_session_leads_to_payment_and_charge(shop, running_till, order):
    made = shop.v1.checkout.sessions.create(order)
    running_till.till.pay(made.id, "alipay")
    paths = ["payment_intent.latest_charge", "line_items"]
    session = shop.v1.checkout.sessions.retrieve(made.id, {"expand": paths})
    assert (session.status, session.payment_status) == ("complete", "paid")
    assert session.customer_details.email is None
    assert session.url is None
    assert session.line_items.data[0].description == "直播带货入门"
    intent = session.payment_intent
    assert (intent.status, intent.amount_received) == ("succeeded", 8_000)
    assert intent.metadata.to_dict() == {"order": "7"}
    charge = shop.v1.charges.retrieve(intent.latest_charge.id)
    assert (charge.paid, charge.amount_refunded) == (True, 0)
    assert charge.payment_method_details.type == "alipay"
    assert charge.payment_intent == intent.id


def test_a_declined_session_stays_open_and_can_be_paid(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    assert running_till.till.decline(session.id)["status"] == "open"
    assert running_till.till.events() == []
    assert running_till.till.pay(session.id)["payment_status"] == "paid"


@pytest.mark.parametrize(
    ("act", "became", "told"),
    [
        ("settle", ("paid", "succeeded"), "checkout.session.async_payment_succeeded"),
        ("fail", ("unpaid", "requires_payment_method"), "checkout.session.async_payment_failed"),
    ],
)
def test_a_delayed_payment_waits_for_the_bank(shop, running_till, order, act, became, told):
    made = shop.v1.checkout.sessions.create(order)
    waiting = running_till.till.delay(made.id, "wechat_pay")
    assert (waiting["status"], waiting["payment_status"]) == ("complete", "unpaid")
    assert shop.v1.payment_intents.retrieve(waiting["payment_intent"]).status == "processing"
    getattr(running_till.till, act)(made.id)
    session = shop.v1.checkout.sessions.retrieve(made.id, {"expand": ["payment_intent"]})
    assert (session.payment_status, session.payment_intent.status) == became
    events = running_till.till.events()
    assert events[0]["type"] == "checkout.session.completed"
    assert events[0]["data"]["object"]["payment_status"] == "unpaid"
    assert events[-1]["type"] == told
    assert events[-1]["data"]["object"]["payment_status"] == became[0]


@pytest.mark.parametrize(
    ("path", "value", "param", "code"),
    [
        ("line_items", None, "line_items", "parameter_missing"),
        ("success_url", None, "success_url", "parameter_missing"),
        ("success_url", "/paid", "success_url", "url_invalid"),
        ("mode", "subscription", "mode", None),
        ("locale", "zh-CN", "locale", None),
        ("colour", "red", "colour", "parameter_unknown"),
        ("payment_method_types", ["cash"], "payment_method_types[0]", None),
        (
            "payment_method_options",
            None,
            "payment_method_options[wechat_pay][client]",
            "parameter_missing",
        ),
        ("line_items.0.quantity", 0, "line_items[0][quantity]", "parameter_invalid_integer"),
        (
            "line_items.0.price_data.unit_amount",
            0,
            "line_items[0][price_data][unit_amount]",
            "parameter_invalid_integer",
        ),
        (
            "line_items.0.price_data.product_data.name",
            None,
            "line_items[0][price_data][product_data][name]",
            "parameter_missing",
        ),
        ("metadata", {"k": "x" * 501}, "metadata[k]", None),
        ("client_reference_id", "x" * 201, "client_reference_id", None),
    ],
)
def test_what_stripe_would_not_take_is_refused(shop, order, path, value, param, code):
    error = refusal(shop.v1.checkout.sessions.create, changed(order, path, value))
    assert (error.http_status, error.code) == (400, code)
    assert error.param == param
    assert shop.v1.checkout.sessions.list().data == []


@pytest.mark.parametrize(
    ("ahead", "is_taken"), [(1_790, False), (1_810, True), (86_390, True), (86_410, False)]
)
def test_a_session_lasts_from_half_an_hour_to_a_day(shop, running_till, order, ahead, is_taken):
    until = running_till.till.books.now() + ahead
    order["expires_at"] = until
    if is_taken:
        assert shop.v1.checkout.sessions.create(order).expires_at == until
    else:
        assert refusal(shop.v1.checkout.sessions.create, order).param == "expires_at"


def test_an_open_session_can_be_expired_and_no_other(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    assert shop.v1.checkout.sessions.expire(session.id).status == "expired"
    assert [each["type"] for each in running_till.till.events()] == ["checkout.session.expired"]
    assert "status of expired" in str(refusal(shop.v1.checkout.sessions.expire, session.id))
    paid = shop.v1.checkout.sessions.create(order)
    running_till.till.pay(paid.id)
    assert "status of complete" in str(refusal(shop.v1.checkout.sessions.expire, paid.id))


def test_the_same_key_gives_the_same_answer(shop, order):
    create = shop.v1.checkout.sessions.create
    first = create(order, {"idempotency_key": "order-7"})
    again = create(order, {"idempotency_key": "order-7"})
    assert again.id == first.id
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    order["client_reference_id"] = "order-8"
    with pytest.raises(stripe.IdempotencyError) as raised:
        create(order, {"idempotency_key": "order-7"})
    assert raised.value.http_status == 400
    assert len(shop.v1.checkout.sessions.list().data) == 1


def test_the_same_key_at_once_does_the_work_once(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    intent = running_till.till.pay(session.id)["payment_intent"]

    def give_back(_: int) -> str:
        wish = {"payment_intent": intent, "amount": 100}
        return shop.v1.refunds.create(wish, {"idempotency_key": "refund-1"}).id

    with ThreadPoolExecutor(8) as many:
        assert len(set(many.map(give_back, range(16)))) == 1
    assert len(shop.v1.refunds.list().data) == 1


def test_a_key_is_free_again_after_bad_parameters_alone(shop, running_till, order):
    options = {"idempotency_key": "order-7"}
    refusal(shop.v1.checkout.sessions.create, {**order, "mode": "x"}, options)
    session = shop.v1.checkout.sessions.create(order, options)
    intent = running_till.till.pay(session.id)["payment_intent"]
    wish = {"payment_intent": intent, "amount": 9_000}
    first = refusal(shop.v1.refunds.create, wish, {"idempotency_key": "refund"})
    again = refusal(shop.v1.refunds.create, wish, {"idempotency_key": "refund"})
    assert str(first).partition(":")[2] == str(again).partition(":")[2]
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize("key", ["sk_live_of_a_shop", "pk_test_of_a_page"])
def test_only_a_test_key_opens(running_till, key):
    with pytest.raises(stripe.AuthenticationError) as raised:
        running_till.client(key).v1.refunds.list()
    assert raised.value.http_status == 401


@pytest.mark.parametrize(
    ("header", "status"),
    [("Basic c2tfdGVzdF9hOg==", 200), ("Bearer sk_test_a", 200), ("Bearer x", 401), (None, 401)],
)
def test_the_key_comes_as_token_or_as_name(running_till, header, status):
    line = HTTPConnection("127.0.0.1", running_till.server.port)
    line.request("GET", "/v1/refunds", headers={"Authorization": header} if header else {})
    assert line.getresponse().status == status
    line.close()


def test_what_is_not_there_is_said_to_be_missing(shop):
    error = refusal(shop.v1.checkout.sessions.retrieve, "cs_test_none")
    assert (error.http_status, error.code, error.param) == (404, "resource_missing", "id")
    assert refusal(shop.v1.refunds.create, {"payment_intent": "pi_none"}).http_status == 404
    assert refusal(shop.v1.customers.create, {}).http_status == 404


def test_a_call_that_fails_has_done_nothing(shop, running_till, order):
    running_till.till.faults.failing = 1
    with pytest.raises(stripe.APIError) as raised:
        shop.v1.checkout.sessions.create(order, {"idempotency_key": "order-7"})
    assert raised.value.http_status == 500
    assert shop.v1.checkout.sessions.list().data == []
    assert shop.v1.checkout.sessions.create(order, {"idempotency_key": "order-7"}).id


def test_a_lost_answer_is_had_again_with_its_key(shop, running_till, order):
    running_till.till.faults.losing = 1
    with pytest.raises(stripe.APIError):
        shop.v1.checkout.sessions.create(order, {"idempotency_key": "order-7"})
    (made,) = shop.v1.checkout.sessions.list().data
    again = shop.v1.checkout.sessions.create(order, {"idempotency_key": "order-7"})
    assert again.id == made.id


def test_a_till_that_is_stopped_answers_nobody_and_can_come_back(
    shop, running_till: RunningTill, order
):
    session = shop.v1.checkout.sessions.create(order)
    running_till.server.stop()
    with pytest.raises(stripe.APIConnectionError):
        shop.v1.checkout.sessions.retrieve(session.id)
    running_till.server.start()
    assert shop.v1.checkout.sessions.retrieve(session.id).status == "open"


def test_a_slow_till_is_given_up_by_whoever_does_not_wait(running_till):
    running_till.till.faults.slow_seconds = 0.5
    patience = stripe.RequestsClient(timeout=0.1)
    hurried = stripe.StripeClient(
        "sk_test_a", base_addresses={"api": running_till.url}, http_client=patience
    )
    with pytest.raises(stripe.APIConnectionError):
        hurried.v1.refunds.list()
    patience.close()
