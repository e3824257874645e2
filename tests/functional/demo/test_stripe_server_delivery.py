"""How the till tells of events: signed, again until heard, twice, late, shuffled, lost or held."""

import time

import pytest
import stripe

from lms.demo.stripe_server import ALL, StripeTill
from tests.support.stripe_till import SECRET, listening, quick, running

PAID = ["payment_intent.succeeded", "checkout.session.completed"]


@pytest.fixture
def session_id(shop, order) -> str:
    """An open session; nothing was told of it so far."""
    return shop.v1.checkout.sessions.create(order).id


def test_the_library_takes_the_signature(running_till, listener, session_id):
    running_till.till.pay(session_id)
    first, second = (each.event() for each in listener.wait_for(2))
    assert [first.type, second.type] == PAID
    assert second.api_version == "2026-10-28.endive"
    assert second.data.object["id"] == session_id
    assert second.data.object["payment_status"] == "paid"
    assert second.livemode is False


def test_an_event_shows_the_object_as_it_was(running_till, listener, session_id):
    running_till.till.delay(session_id)
    running_till.till.settle(session_id)
    completed = listener.wait_for(3)[0].event()
    assert completed.data.object["payment_status"] == "unpaid"


@pytest.mark.parametrize("wrong", [{"secret": "whsec_of_another"}, {"skew": 301}])
def test_a_wrong_secret_and_an_old_signature_are_refused(running_till, listener, session_id, wrong):
    running_till.till.pay(session_id)
    listener.wait_for(2)
    event = running_till.till.events()[0]
    assert running_till.till.resend(event["id"], **wrong) == 200
    with pytest.raises(stripe.SignatureVerificationError):
        listener.heard[-1].event()
    assert running_till.till.resend(event["id"]) == 200
    assert listener.heard[-1].event().id == event["id"]


def test_an_event_comes_again_until_it_is_taken(running_till, listener, session_id):
    listener.statuses = [500, 302, 404]
    running_till.till.expire(session_id)
    heard = listener.wait_for(4)
    assert len({each.event().id for each in heard}) == 1
    assert running_till.till.wait_until_quiet()
    (event,) = running_till.till.events()
    assert running_till.till.delivery(event["id"]) == {
        "state": "delivered",
        "attempts": 4,
        "last": 200,
    }
    assert event["pending_webhooks"] == 0


def test_waits_grow_and_attempts_end(running_till, listener, session_id):
    policy = running_till.till.policy
    assert [policy.wait_after(attempt) for attempt in (1, 2)] == [0.02, 0.02]
    plain = StripeTill(webhook_secret=SECRET).policy
    waits = [plain.wait_after(attempt) for attempt in range(1, plain.most_attempts)]
    assert waits[:8] == [1, 2, 4, 8, 16, 32, 60, 60]
    assert len(waits) == 19
    policy.waits, policy.most_attempts = (0.001,), 3
    listener.statuses = [500] * 5
    running_till.till.expire(session_id)
    assert running_till.till.wait_until_quiet()
    (event,) = running_till.till.events()
    assert running_till.till.delivery(event["id"])["state"] == "given up"
    assert len(listener.heard) == 3


def test_a_site_that_is_not_there_is_told_once_it_is(order):
    with running(webhook_url="http://127.0.0.1:9/webhooks/stripe") as opened:
        session = opened.client().v1.checkout.sessions.create(order)
        opened.till.expire(session.id)
        with listening() as listener:
            opened.till.deliver_to(listener.url)
            assert listener.wait_for(1)[0].event().type == "checkout.session.expired"
            assert opened.till.wait_until_quiet()


def test_each_event_comes_as_often_as_told(running_till, listener, session_id):
    running_till.till.policy.copies = 3
    running_till.till.expire(session_id)
    assert len({each.event().id for each in listener.wait_for(3)}) == 1


def test_events_may_come_late(running_till, listener, session_id):
    running_till.till.policy.delay_seconds = 0.2
    begun = time.monotonic()
    running_till.till.expire(session_id)
    listener.wait_for(1)
    assert time.monotonic() - begun >= 0.2


def test_events_may_be_lost_all_or_those_of_a_kind(running_till, listener, session_id, order, shop):
    till = running_till.till
    till.policy.dropped = frozenset({"checkout.session.completed"})
    till.pay(session_id)
    listener.wait_for(1)
    assert till.wait_until_quiet()
    till.policy.dropped = frozenset({ALL})
    till.expire(shop.v1.checkout.sessions.create(order).id)
    till.policy.dropped = frozenset()
    till.expire(shop.v1.checkout.sessions.create(order).id)
    listener.wait_for(2)
    assert till.wait_until_quiet()
    assert listener.types() == ["payment_intent.succeeded", "checkout.session.expired"]
    states = [till.delivery(each["id"])["state"] for each in till.events()]
    assert states == ["delivered", "dropped", "dropped", "delivered"]
    # What the till never sent can be had from its list all the same.
    assert len(shop.v1.events.list().data) == 4


def test_events_may_be_held_until_released(running_till, listener, session_id):
    running_till.till.policy.is_holding = True
    running_till.till.delay(session_id)
    running_till.till.settle(session_id)
    assert running_till.till.wait_until_quiet()
    assert listener.heard == []
    assert running_till.till.release() == 3
    listener.wait_for(3)
    assert listener.types() == [
        "checkout.session.completed",
        "payment_intent.succeeded",
        "checkout.session.async_payment_succeeded",
    ]


def test_a_batch_comes_shuffled_as_its_seed_says(order):
    orders = []
    for seed in (3, 3, 4):
        with listening() as listener, running(webhook_url=listener.url) as opened:
            opened.till.policy.batch, opened.till.policy.seed = 4, seed
            session = opened.client().v1.checkout.sessions.create(order)
            opened.till.delay(session.id)
            intent = opened.till.settle(session.id)["payment_intent"]
            assert listener.heard == []
            opened.till.dispute(intent)
            listener.wait_for(4)
            orders.append(listener.types())
    assert orders[0] == orders[1] != orders[2]
    assert sorted(orders[0]) == sorted(orders[2])


def test_an_event_is_told_after_the_answer(running_till, listener, session_id):
    browser = running_till.server.app.test_client()
    headers = {"Authorization": "Bearer sk_test_a"}
    answer = browser.post(f"/v1/checkout/sessions/{session_id}/expire", headers=headers)
    assert answer.status_code == 200
    assert running_till.till.wait_until_quiet(0.05) is False
    assert listener.heard == []
    answer.close()
    assert len(listener.wait_for(1)) == 1


def test_an_event_is_told_though_the_browser_left_before_the_answer_was_over(
    running_till, listener, session_id
):
    browser = running_till.server.app.test_client()
    headers = {"Authorization": "Bearer sk_test_a"}
    answer = browser.post(f"/v1/checkout/sessions/{session_id}/expire", headers=headers)
    assert len(listener.wait_for(1)) == 1
    answer.close()
    assert running_till.till.wait_until_quiet()
    assert len(listener.heard) == 1


def test_a_restart_forgets_nothing_and_delivers_what_was_left(tmp_path, order, listener):
    file = tmp_path / "data" / "stripe.json"
    options = {"idempotency_key": "order-7"}
    with running(keep_in=file, policy=quick(is_holding=True)) as opened:
        opened.till.deliver_to(listener.url)
        made = opened.client().v1.checkout.sessions.create(order, options)
        opened.till.pay(made.id)
    assert listener.heard == []
    assert file.stat().st_mode & 0o077 == 0
    assert [each.name for each in file.parent.iterdir()] == ["stripe.json"]
    with running(keep_in=file, webhook_url=listener.url) as opened:
        session = opened.client().v1.checkout.sessions.retrieve(made.id)
        assert (session.status, session.payment_status) == ("complete", "paid")
        again = opened.client().v1.checkout.sessions.create(order, options)
        assert again.id == made.id
        listener.wait_for(2)
        assert opened.till.wait_until_quiet()
    with running(keep_in=file, webhook_url=listener.url) as opened:
        assert opened.till.wait_until_quiet()
        states = [opened.till.delivery(each["id"])["state"] for each in opened.till.events()]
        assert states == ["delivered", "delivered"]
    assert listener.types() == PAID


def test_a_file_that_nothing_changed_is_not_written_again(tmp_path, order):
    file = tmp_path / "stripe.json"
    with running(keep_in=file) as opened:
        session = opened.client().v1.checkout.sessions.create(order)
        written = file.stat().st_ino
        assert opened.client().v1.checkout.sessions.retrieve(session.id).status == "open"
        assert file.stat().st_ino == written
        opened.till.expire(session.id)
        assert file.stat().st_ino != written
