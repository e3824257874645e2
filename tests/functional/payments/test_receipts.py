"""The receipt on paper: what it says, whose it is, what came back of it."""

import pytest
from flask import Flask
from sqlalchemy import select

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import local_day, utc_now
from lms.db.session import now
from lms.payments import queries, service
from lms.payments.models import OrderPayment, Receipt
from tests.factories.accounts import COUNTY, make_county, make_grant, make_person, sign_in
from tests.factories.shop import Shop
from tests.functional.conftest import OpenDesk
from tests.functional.payments.test_desk import give_back
from tests.support.site import Client
from tests.support.statements import assert_cheap


@pytest.fixture
def paid(shop: Shop) -> str:
    """The number of an order that was paid."""
    shop.order_it()
    shop.pay()
    return shop.order().number


def given(shop: Shop) -> list[str]:
    with shop.database.snapshot() as session:
        return list(session.scalars(select(Receipt.number).order_by(Receipt.id)))


def test_a_learner_finds_the_receipt_of_what_they_paid(shop: Shop, paid: str) -> None:
    address = f"/me/orders/{paid}/receipt"
    assert address in shop.client.get(f"/me/orders/{paid}").text
    assert_cheap(shop.client, shop.database, address)
    page = shop.client.get(address).text
    year = local_day(utc_now()).year
    assert given(shop) == [f"{COUNTY}-{year}-000001"]
    page = page.replace('<span class="nb">', "").replace("</span>", "")
    for said in (
        *("收据", "Receipt", given(shop)[0], f"{local_day(utc_now())}", "不是发票"),
        *(shop.person.name, shop.course.revision.title["zh"], paid, "¥29.00"),
        *("人民币贰拾玖元整", "网上付", "常山县培训办公室", "data-print"),
    ):
        assert said in page, said
    assert "退回" not in page
    assert "机构" not in page


def test_nobody_else_reads_it(shop: Shop, paid: str, app: Flask, open_desk: OpenDesk) -> None:
    with shop.database.transaction() as session:
        make_county(session, code="330881")
        other = make_person(session)
        neighbour = make_person(session, county_code="330881")
        make_grant(session, neighbour, Role.ADMINISTRATOR, Scope(ScopeKind.COUNTY, "330881"))
    at_desk = f"/staff/orders/{paid}/receipt"
    for person, address in ((other, f"/me/orders/{paid}/receipt"), (neighbour, at_desk)):
        client: Client = app.test_client()
        sign_in(client, person)
        assert client.get(address).status_code == 404
    for role in (Role.ADMINISTRATOR, Role.SUPERVISOR):
        desk = open_desk(role)
        assert at_desk in desk.get(f"/staff/orders/{paid}").text
        assert given(shop)[0] in desk.get(at_desk).text
        assert_cheap(desk, shop.database, at_desk)


def test_what_was_not_paid_has_no_receipt(shop: Shop, open_desk: OpenDesk) -> None:
    shop.order_it()
    number = shop.order().number
    assert "receipt" not in shop.client.get(f"/me/orders/{number}").text
    assert shop.client.get(f"/me/orders/{number}/receipt").status_code == 404
    assert open_desk().get(f"/staff/orders/{number}/receipt").status_code == 404


def test_what_went_back_stands_on_it_and_the_number_stays(
    shop: Shop, paid: str, open_desk: OpenDesk
) -> None:
    give_back(open_desk(), f"/staff/orders/{paid}", "10")
    shop.site.run_jobs()
    shop.told()
    page = shop.client.get(f"/me/orders/{paid}/receipt").text
    assert "其中" in page
    assert "10 元" in page
    assert "人民币贰拾玖元整" in page
    assert len(given(shop)) == 1


def test_two_payments_of_an_order_are_two_receipts(shop: Shop, paid: str) -> None:
    twice = {"provider": "stripe", "ref": "pi_twice", "amount_fen": 2_900}
    with shop.database.transaction() as session:
        at = now(session)
        order = queries.locked_order(session, shop.order().id)
        session.add(OrderPayment(**twice, order_id=order.id, heard_at=at, recorded_at=at))
        service.settle(session, order, now=at)
    page = shop.client.get(f"/me/orders/{paid}/receipt").text
    assert len(given(shop)) == 2
    assert all(number in page for number in given(shop))


def test_cash_is_named_and_so_is_an_institution_that_paid(shop: Shop, open_desk: OpenDesk) -> None:
    shop.order_it(way="institution")
    number = shop.order().number
    cash = {"kind": "cash", "amount": "29", "paper": "0012", "paid_by": "常山县阿姨面业"}
    open_desk(name="周敏").post(f"/staff/orders/{number}/money", data=cash)
    assert shop.client.get(f"/me/orders/{number}/receipt").status_code == 404
    open_desk(name="赵强").post(f"/staff/orders/{number}/money/confirm")
    page = shop.client.get(f"/me/orders/{number}/receipt").text
    assert "现金" in page
    assert "常山县阿姨面业" in page


def test_a_receipt_is_read_in_english_with_the_capitals_of_china(shop: Shop, paid: str) -> None:
    page = shop.client.get(f"/me/orders/{paid}/receipt?lang=en").text
    assert "This is no tax invoice" in page
    assert "Changshan County" in page
    assert "人民币贰拾玖元整" in page
