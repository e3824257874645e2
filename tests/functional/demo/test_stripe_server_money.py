"""Refunds and disputes of the till, and the lists a shop reconciles itself with."""

from datetime import UTC, datetime, timedelta

import pytest
import stripe

from lms.demo.stripe_server import Refusal
from tests.support.stripe_till import running


@pytest.fixture
def intent(shop, running_till, order) -> str:
    """A payment of 80 yuan."""
    session = shop.v1.checkout.sessions.create(order)
    return running_till.till.pay(session.id)["payment_intent"]


def test_parts_are_refunded_up_to_the_whole_and_not_beyond(shop, intent):
    wish = {"payment_intent": intent, "amount": 3_000, "reason": "requested_by_customer"}
    made = shop.v1.refunds.create({**wish, "metadata": {"order": "7"}})
    assert (made.status, made.amount, made.currency) == ("succeeded", 3_000, "cny")
    assert (made.payment_intent, made.reason) == (intent, "requested_by_customer")
    assert made.metadata.to_dict() == {"order": "7"}
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.v1.refunds.create({"payment_intent": intent, "amount": 5_001})
    assert "(¥50.01) is greater than unrefunded amount on charge (¥50.00)" in str(raised.value)
    assert raised.value.param == "amount"
    assert shop.v1.refunds.create({"payment_intent": intent}).amount == 5_000
    charge = shop.v1.charges.retrieve(made.charge)
    assert (charge.amount_refunded, charge.refunded) == (8_000, True)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.v1.refunds.create({"payment_intent": intent, "amount": 1})
    assert raised.value.code == "charge_already_refunded"


def test_what_is_not_paid_is_not_refunded(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    waiting = running_till.till.delay(session.id)
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.v1.refunds.create({"payment_intent": waiting["payment_intent"]})
    assert "does not have a successful charge" in str(raised.value)


@pytest.mark.parametrize("wrong", [{"amount": 0}, {"amount": "1.5"}, {"reason": "changed_mind"}])
def test_a_refund_with_wrong_parameters_is_refused(shop, intent, wrong):
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.v1.refunds.create({"payment_intent": intent, **wrong})
    assert raised.value.param in wrong


def test_a_refund_from_stripes_side_is_told(running_till, intent):
    before = len(running_till.till.events())
    made = running_till.till.refund(intent, 2_500)
    created, refunded = running_till.till.events()[before:]
    assert (created["type"], created["data"]["object"]["id"]) == ("refund.created", made["id"])
    assert refunded["type"] == "charge.refunded"
    assert refunded["data"]["object"]["amount_refunded"] == 2_500
    assert refunded["data"]["object"]["refunded"] is False


def test_a_refund_may_fail_after_it_was_said_to_succeed(shop, running_till, intent):
    made = shop.v1.refunds.create({"payment_intent": intent})
    running_till.till.fail_refund(made.id, "expired_or_canceled_card")
    found = shop.v1.refunds.retrieve(made.id)
    assert (found.status, found.failure_reason) == ("failed", "expired_or_canceled_card")
    assert shop.v1.charges.retrieve(made.charge).amount_refunded == 0
    assert [each["type"] for each in running_till.till.events()][-2:] == [
        "refund.updated",
        "refund.failed",
    ]
    with pytest.raises(Refusal):
        running_till.till.fail_refund(made.id)


def test_a_refund_may_be_on_its_way_first(shop, running_till, intent):
    running_till.till.faults.refunds_begin = "pending"
    made = shop.v1.refunds.create({"payment_intent": intent})
    assert made.status == "pending"
    running_till.till.settle_refund(made.id)
    assert shop.v1.refunds.retrieve(made.id).status == "succeeded"
    assert running_till.till.events()[-1]["type"] == "refund.updated"


@pytest.mark.parametrize(
    ("decide", "status", "told"),
    [
        ("win_dispute", "won", ["charge.dispute.funds_reinstated", "charge.dispute.closed"]),
        ("lose_dispute", "lost", ["charge.dispute.closed"]),
    ],
)
def test_a_dispute_takes_the_money_until_it_is_decided(
    shop, running_till, intent, decide, status, told
):
    till = running_till.till
    before = len(till.events())
    begun = till.dispute(intent)
    (found,) = shop.v1.disputes.list({"payment_intent": intent}).data
    assert (found.id, found.amount, found.status) == (begun["id"], 8_000, "needs_response")
    with pytest.raises(stripe.InvalidRequestError) as raised:
        shop.v1.refunds.create({"payment_intent": intent})
    assert raised.value.code == "charge_disputed"
    till.review_dispute(begun["id"])
    assert shop.v1.disputes.retrieve(begun["id"]).status == "under_review"
    getattr(till, decide)(begun["id"])
    assert shop.v1.disputes.retrieve(begun["id"]).status == status
    opened = ["created", "funds_withdrawn", "updated"]
    assert [each["type"] for each in till.events()[before:]] == [
        *(f"charge.dispute.{name}" for name in opened),
        *told,
    ]
    assert till.events()[-1]["data"]["object"]["status"] == status
    with pytest.raises(Refusal):
        till.lose_dispute(begun["id"])


def test_lists_come_newest_first_a_page_at_a_time(shop, order):
    made = [shop.v1.checkout.sessions.create(order).id for _ in range(5)]
    first = shop.v1.checkout.sessions.list({"limit": 2})
    assert [each.id for each in first.data] == [made[4], made[3]]
    assert first.has_more is True
    rest = shop.v1.checkout.sessions.list({"limit": 3, "starting_after": made[3]})
    assert [each.id for each in rest.data] == [made[2], made[1], made[0]]
    assert rest.has_more is False
    newer = shop.v1.checkout.sessions.list({"limit": 2, "ending_before": made[1]})
    assert [each.id for each in newer.data] == [made[3], made[2]]
    assert newer.has_more is True
    everything = shop.v1.checkout.sessions.list({"limit": 2}).auto_paging_iter()
    assert [each.id for each in everything] == made[::-1]


def test_a_page_holds_ten_and_at_most_a_hundred(shop, running_till, order):
    session = shop.v1.checkout.sessions.create(order)
    intent = running_till.till.pay(session.id)["payment_intent"]
    for _ in range(101):
        running_till.till.refund(intent, 1)
    assert len(shop.v1.refunds.list().data) == 10
    assert len(shop.v1.refunds.list({"limit": 100}).data) == 100
    for wrong in ({"limit": 101}, {"limit": 0}, {"starting_after": "re_none"}, {"size": 3}):
        with pytest.raises(stripe.InvalidRequestError) as raised:
            shop.v1.refunds.list(wrong)
        assert raised.value.param in wrong


def test_lists_are_narrowed_to_a_payment_a_kind_or_a_time(order):
    hand = [datetime(2026, 5, 18, 8, 0, tzinfo=UTC)]
    with running(clock=lambda: hand[0]) as opened:
        shop, till = opened.client(), opened.till
        intents = []
        for _ in range(3):
            session = shop.v1.checkout.sessions.create(order)
            intents.append(till.pay(session.id)["payment_intent"])
            till.refund(intents[-1])
            hand[0] += timedelta(minutes=1)
        (found,) = shop.v1.refunds.list({"payment_intent": intents[1]}).data
        assert found.payment_intent == intents[1]
        since = int(datetime(2026, 5, 18, 8, 1, tzinfo=UTC).timestamp())
        late = shop.v1.refunds.list({"created": {"gte": since}}).data
        assert [each.payment_intent for each in late] == [intents[2], intents[1]]
        assert len(shop.v1.refunds.list({"created": {"gt": since}}).data) == 1
        events = shop.v1.events.list({"type": "refund.created", "created": {"lt": since}}).data
        assert [each.data.object["payment_intent"] for each in events] == [intents[0]]
        kinds = ["refund.created", "checkout.session.completed"]
        assert len(shop.v1.events.list({"types": kinds}).data) == 6
        (of_it,) = shop.v1.checkout.sessions.list({"payment_intent": intents[0]}).data
        assert of_it.payment_intent == intents[0]


def test_a_session_whose_time_is_over_expires_by_itself(order):
    hand = [datetime(2026, 5, 18, 8, 0, tzinfo=UTC)]
    with running(clock=lambda: hand[0]) as opened:
        session = opened.client().v1.checkout.sessions.create(order)
        hand[0] += timedelta(hours=24)
        (event,) = opened.client().v1.events.list({"type": "checkout.session.expired"}).data
        assert event.data.object["id"] == session.id
        assert opened.client().v1.checkout.sessions.retrieve(session.id).status == "expired"
        with pytest.raises(Refusal):
            opened.till.pay(session.id)
