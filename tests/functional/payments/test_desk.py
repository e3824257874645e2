"""The desk of orders: who sees what, money given back by hand, messages that do not fit."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import select

from lms.audit.models import AuditEntry
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from lms.jobs.models import Job
from lms.notify.models import InboxMessage
from lms.payments.models import ProviderMessage, Refund
from tests.factories.accounts import make_county, make_grant, make_person, sign_in
from tests.factories.shop import Shop
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_cheap, assert_few_statements


@pytest.fixture
def desk(open_desk: OpenDesk) -> Client:
    """An administrator of the shop's county who proved anew who they are."""
    return open_desk()


@pytest.fixture
def paid(shop: Shop) -> str:
    """The address of a paid order at the desk."""
    shop.order_it()
    shop.pay()
    return f"/staff/orders/{shop.order().number}"


def give_back(desk: Client, where: str, amount: str = "29", **changes: str):
    form = {"key": str(uuid4()), "amount": amount, "reason": "学员退课", **changes}
    return desk.post(f"{where}/refunds", data=form)


def refunds(shop: Shop) -> list[tuple[int, str]]:
    with shop.database.snapshot() as session:
        return [(each.amount_fen, each.state) for each in session.scalars(select(Refund))]


def test_the_desk_lists_orders_and_finds_them(desk: Client, shop: Shop, paid: str) -> None:
    number = shop.order().number
    assert_cheap(desk, shop.database, "/staff/orders")
    assert_few_statements(desk, shop.database, paid)
    page = desk.get("/staff/orders").text
    assert number in page
    assert shop.person.name in page
    for query in (f"q={number.lower()}", f"q={shop.person.name}", "status=paid"):
        assert number in desk.get(f"/staff/orders?{query}").text
    for query in ("q=20260101-ABCDEFGH", "status=refunded"):
        assert number not in desk.get(f"/staff/orders?{query}").text


def test_orders_of_other_counties_are_not_there(
    app: Flask, database: Database, shop: Shop, paid: str
) -> None:
    with database.transaction() as session:
        make_county(session, code="330782")
        neighbour = make_person(session, county_code="330782")
        make_grant(session, neighbour, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330782"))
    client: Client = app.test_client()
    sign_in(client, neighbour, confirmed_at=utc_now())
    assert shop.order().number not in client.get("/staff/orders").text
    assert client.get(paid).status_code == 404
    assert give_back(client, paid).status_code == 404
    assert refunds(shop) == []


def test_all_of_it_goes_back_and_the_seat_with_it(desk: Client, shop: Shop, paid: str) -> None:
    assert "29.00" in desk.get(paid).text
    assert give_back(desk, paid).location == paid
    assert refunds(shop) == [(2_900, "asked")]
    shop.site.run_jobs()
    shop.told()
    assert refunds(shop) == [(2_900, "succeeded")]
    assert (shop.order().state, shop.seats()) == ("refunded", ["cancelled"])
    own = shop.client.get(f"/me/orders/{shop.order().number}").text
    assert "学员退课" in own
    with shop.database.snapshot() as session:
        act = session.scalars(
            select(AuditEntry).where(AuditEntry.action == "order.refund_asked")
        ).one()
    assert act.details == {"amount_fen": 2_900, "reason": "学员退课"}


def test_parts_go_back_until_nothing_is_left(desk: Client, shop: Shop, paid: str) -> None:
    give_back(desk, paid, "9.5")
    shop.site.run_jobs()
    shop.told()
    assert (shop.order().state, shop.seats()) == ("part_refunded", ["active"])
    too_much = give_back(desk, paid, "19.51")
    assert too_much.status_code == 422
    assert "19.50" in too_much.text
    give_back(desk, paid, "19.50")
    shop.site.run_jobs()
    shop.told()
    assert refunds(shop) == [(950, "succeeded"), (1_950, "succeeded")]
    assert shop.order().state == "refunded"
    assert give_back(desk, paid, "1").status_code == 409


def test_a_form_that_is_sent_twice_gives_back_once(desk: Client, shop: Shop, paid: str) -> None:
    key = re.search(r'name="key" value="([^"]+)"', desk.get(paid).text)[1]
    for _ in range(2):
        assert give_back(desk, paid, "10", key=key).location == paid
    shop.site.run_jobs()
    shop.told()
    assert refunds(shop) == [(1_000, "succeeded")]
    assert len(shop.till.client().v1.refunds.list().data) == 1


@pytest.mark.parametrize("amount", ["", "0", "-1", "1e3", "12.345", "ten", "٣"])
def test_what_is_no_amount_is_refused_and_named(
    desk: Client, shop: Shop, paid: str, amount: str
) -> None:
    answer = give_back(desk, paid, amount)
    assert answer.status_code == 422
    assert "请写金额" in answer.text
    assert refunds(shop) == []


def test_money_goes_back_for_a_reason_alone(desk: Client, shop: Shop, paid: str) -> None:
    assert give_back(desk, paid, reason=" ").status_code == 422
    assert refunds(shop) == []


def test_whoever_has_not_proved_who_they_are_is_asked_first(
    open_desk: OpenDesk, shop: Shop, paid: str
) -> None:
    answer = give_back(open_desk(confirmed=timedelta(minutes=11)), paid)
    assert answer.location.startswith("/confirm")
    assert refunds(shop) == []


def test_nobody_gives_money_back_to_themselves(shop: Shop, database: Database, paid: str) -> None:
    with database.transaction() as session:
        person = session.merge(shop.person)
        make_grant(session, person, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, person.county_code))
    sign_in(shop.client, shop.person, confirmed_at=utc_now())
    assert give_back(shop.client, paid).status_code == 403
    assert refunds(shop) == []


def test_a_supervisor_sees_and_gives_nothing_back(open_desk: OpenDesk, shop: Shop, paid: str):
    looker = open_desk(Role.SUPERVISOR)
    assert "确定退款" not in looker.get(paid).text
    assert give_back(looker, paid).status_code == 403


def test_a_stripe_that_is_away_is_asked_again_with_the_same_key(
    desk: Client, shop: Shop, paid: str
) -> None:
    shop.till.till.faults.losing = 1
    give_back(desk, paid, "10")
    shop.site.run_jobs()
    with shop.database.transaction() as session:
        job = session.scalars(select(Job).where(Job.kind == "payments.refund")).one()
        assert job.state == "queued"
        job.due_at = job.created_at
        waiting = job.id
    shop.site.run_jobs.queue.waiting.append(waiting)
    shop.site.run_jobs()
    shop.told()
    assert refunds(shop) == [(1_000, "succeeded")]
    assert len(shop.till.client().v1.refunds.list().data) == 1


def test_what_stripe_refuses_is_said(desk: Client, shop: Shop, paid: str) -> None:
    give_back(desk, paid)
    intent = shop.till.client().v1.payment_intents.list().data[0].id
    shop.till.till.refund(intent)
    shop.site.run_jobs()
    shop.told()
    assert sorted(refunds(shop)) == [(2_900, "failed"), (2_900, "succeeded")]
    assert "charge_already_refunded" in desk.get(paid).text


def test_a_message_that_fits_nothing_calls_somebody_and_waits_for_them(
    desk: Client, shop: Shop, paid: str
) -> None:
    other = shop.till.client().v1.checkout.sessions.create(
        {
            "mode": "payment",
            "client_reference_id": shop.order().number,
            "line_items": [
                {
                    "quantity": 1,
                    "price_data": {
                        "currency": "cny",
                        "unit_amount": 100,
                        "product_data": {"name": "x"},
                    },
                }
            ],
            "success_url": "http://127.0.0.1:9/",
        }
    )
    shop.till.till.pay(other.id)
    shop.told()
    page = desk.get("/staff/orders/messages").text
    assert "不是给这个订单开的付款页" in page
    message = re.search(r'name="message" value="([^"]+)"', page)[1]
    with shop.database.snapshot() as session:
        told = select(InboxMessage.template).where(InboxMessage.template == "money_odd")
        assert session.scalars(told).all() == ["money_odd"]
    assert desk.post("/staff/orders/messages", data={"message": message}).status_code == 302
    assert "都对得上" in desk.get("/staff/orders/messages").text
    again = desk.post("/staff/orders/messages", data={"message": message})
    assert again.status_code == 409
    with shop.database.snapshot() as session:
        kept = session.get_one(ProviderMessage, message)
    assert (kept.outcome, kept.why) == ("parked", "wrong_page")
    assert kept.handled_by_id is not None
