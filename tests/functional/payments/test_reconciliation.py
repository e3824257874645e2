"""What Stripe lists and what the site knows are compared: what was missed is made good."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.demo.stripe_server.webhooks import ALL
from lms.jobs.models import Job
from lms.notify.models import InboxMessage
from lms.payments.models import CourseOrder, Difference, OrderPayment, Reconciliation
from lms.payments.service import settle
from lms.payments.tasks import reconcile_nightly
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.orders import PRICE
from tests.factories.shop import Shop
from tests.support.site import Client


@pytest.fixture
def deaf(shop: Shop) -> Shop:
    """A shop whose Stripe tells it nothing."""
    shop.till.till.policy.dropped = frozenset({ALL})
    return shop


@pytest.fixture
def platform(app: Flask, shop: Shop) -> Client:
    """An administrator of the whole platform."""
    with shop.database.transaction() as session:
        person = make_person(session, name="平台")
        make_grant(session, person, Role.ADMINISTRATOR, Scope(ScopeKind.PLATFORM))
    client: Client = app.test_client()
    sign_in(client, person, confirmed_at=utc_now())
    return client


def reconcile(shop: Shop, platform: Client, days: int = 7) -> Reconciliation:
    """Have it done now; return what came of it."""
    asked = platform.post("/staff/orders/reconciliations", data={"days": days})
    assert asked.status_code == 302
    shop.site.run_jobs()
    with shop.database.snapshot() as session:
        newest = select(Reconciliation).order_by(Reconciliation.id.desc())
        return session.scalars(newest).first()


def differing(shop: Shop, run: Reconciliation) -> list[tuple[str, str | None]]:
    with shop.database.snapshot() as session:
        rows = session.scalars(
            select(Difference).where(Difference.reconciliation_id == run.id).order_by(Difference.id)
        )
        return [(each.kind, each.why) for each in rows]


def test_a_payment_nobody_told_of_gives_its_seat(deaf: Shop, platform: Client) -> None:
    deaf.order_it()
    deaf.pay()
    assert (deaf.order().state, deaf.seats()) == ("open", [])
    run = reconcile(deaf, platform)
    assert (deaf.order().state, deaf.seats()) == ("paid", ["active"])
    assert (run.looked_at, run.repaired, run.differing) == (1, 1, 0)
    assert (run.theirs_fen, run.ours_fen) == (PRICE, PRICE)
    assert differing(deaf, run) == [("missed", None)]
    page = platform.get("/staff/orders/messages").text
    assert "现在算上了" in page
    again = reconcile(deaf, platform)
    assert (again.looked_at, again.repaired, again.differing) == (1, 0, 0)


def test_refunds_disputes_and_endings_nobody_told_of_are_made_good(
    deaf: Shop, platform: Client
) -> None:
    till = deaf.till.till
    deaf.order_it()
    intent = deaf.pay()
    till.refund(intent, 900)
    till.lose_dispute(till.dispute(intent)["id"])
    run = reconcile(deaf, platform)
    assert (deaf.order().state, deaf.seats()) == ("refunded", ["cancelled"])
    assert run.repaired == 3
    deaf.order_it()
    till.expire(deaf.order().page_ref)
    assert deaf.order().state == "open"
    reconcile(deaf, platform)
    assert deaf.order().state == "expired"


def test_what_fits_no_order_is_shown_and_somebody_is_told(shop: Shop, platform: Client) -> None:
    line = {"currency": "cny", "unit_amount": 500, "product_data": {"name": "x"}}
    foreign = shop.till.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "line_items": [{"quantity": 1, "price_data": line}],
            "success_url": "http://127.0.0.1:9/",
            "client_reference_id": "another-shop-of-the-same-account-42",
        }
    )
    shop.till.till.policy.dropped = frozenset({ALL})
    shop.till.till.pay(foreign.id)
    run = reconcile(shop, platform)
    assert differing(shop, run) == [("does_not_fit", "unknown_order")]
    assert (run.differing, run.theirs_fen, run.ours_fen) == (1, 500, 0)
    with shop.database.snapshot() as session:
        told = session.scalars(select(InboxMessage.template)).all()
    assert told == ["money_odd"]


def test_money_of_ours_that_they_do_not_list_is_shown(shop: Shop, platform: Client) -> None:
    shop.order_it()
    order = shop.order()
    with shop.database.transaction() as session:
        paid = {"provider": "stripe", "ref": "pi_of_nobody", "heard_at": utc_now()}
        session.add(
            OrderPayment(**paid, order_id=order.id, amount_fen=PRICE, recorded_at=utc_now())
        )
        settle(session, session.get_one(CourseOrder, order.id), now=utc_now())
    run = reconcile(shop, platform)
    assert differing(shop, run) == [("not_there", None)]


def test_many_are_compared_over_pages(deaf: Shop, platform: Client) -> None:
    line = {"currency": "cny", "unit_amount": 500, "product_data": {"name": "x"}}
    client = deaf.till.client()
    for number in range(103):
        client.v1.checkout.sessions.create(
            {
                "mode": "payment",
                "line_items": [{"quantity": 1, "price_data": line}],
                "success_url": "http://127.0.0.1:9/",
                "client_reference_id": f"other-{number}",
            }
        )
    assert reconcile(deaf, platform).looked_at == 103


def test_a_stripe_that_is_away_is_asked_again_under_the_same_reconciliation(
    deaf: Shop, platform: Client
) -> None:
    deaf.order_it()
    deaf.pay()
    deaf.till.till.faults.failing = 1
    run = reconcile(deaf, platform)
    assert run.finished_at is None
    with deaf.database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == "payments.reconcile")).one()
        assert job.state == "queued"
        job.due_at = job.created_at
    deaf.site.run_jobs.queue.waiting.append(job.id)
    deaf.site.run_jobs()
    assert deaf.seats() == ["active"]
    with deaf.database.snapshot() as session:
        assert session.scalars(select(Reconciliation.repaired)).all() == [1]


def test_each_night_it_is_done_once(deaf: Shop) -> None:
    deaf.order_it()
    deaf.pay()
    settings = deaf.site.app.extensions["lms_settings"]
    for _ in range(2):
        reconcile_nightly(deaf.database, settings)
    deaf.site.run_jobs()
    assert deaf.seats() == ["active"]
    with deaf.database.snapshot() as session:
        run = session.scalars(select(Reconciliation)).one()
    assert run.started_at - run.since == pytest.approx(timedelta(days=7), abs=timedelta(minutes=10))


@pytest.mark.parametrize("days", ["", "0", "91", "x"])
def test_days_beyond_reason_are_refused(platform: Client, days: str) -> None:
    answer = platform.post("/staff/orders/reconciliations", data={"days": days})
    assert answer.status_code == 422
