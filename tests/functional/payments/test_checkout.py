"""Buying a course with the real library against a Stripe of our own."""

import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.payments.models import CourseOrder
from tests.factories.accounts import make_person, sign_in
from tests.factories.orders import PRICE
from tests.factories.shop import Shop
from tests.support.site import Client


def test_buying_a_course_gives_the_seat_once_stripe_says_so(shop: Shop) -> None:
    page = shop.client.get(shop.order_it()).text
    order = shop.order()
    assert order.page_address in page.replace("&amp;", "&")
    assert "29 元" in page
    assert shop.seats() == []
    shop.pay("alipay")
    assert shop.order().state == "paid"
    assert shop.seats() == ["active"]
    assert "名额是您的了" in shop.client.get(f"/me/orders/{order.number}").text


def test_number_and_amount_are_all_that_leaves_the_site(shop: Shop) -> None:
    shop.order_it()
    number = shop.order().number
    session = shop.till.client().v1.checkout.sessions.retrieve(shop.order().page_ref).to_dict()
    assert (session["client_reference_id"], session["metadata"]) == (number, {"order": number})
    assert (session["amount_total"], session["currency"]) == (PRICE, "cny")
    assert session["customer_email"] is None
    said = json.dumps(session, ensure_ascii=False)
    for private in (shop.person.name, shop.person.phone, shop.course.revision.title["zh"]):
        assert private not in said


@pytest.mark.parametrize(
    "form",
    [
        {"price": "1"},
        {"amount": "1", "currency": "usd"},
        {"quantity": "0", "due_fen": "0", "list_fen": "0"},
        {"course": "free", "coupon_fen": "2900", "state": "paid"},
    ],
)
def test_what_a_form_says_of_the_price_counts_for_nothing(shop: Shop, form: dict[str, str]) -> None:
    shop.order_it(**form)
    order = shop.order()
    assert (order.due_fen, order.currency, order.state) == (PRICE, "CNY", "open")
    session = shop.till.client().v1.checkout.sessions.retrieve(order.page_ref)
    assert (session.amount_total, session.currency) == (PRICE, "cny")


def test_coming_back_without_paying_gives_nothing(shop: Shop) -> None:
    where = shop.order_it()
    page = shop.client.get(f"{where}?back=1&session_id={shop.order().page_ref}").text
    assert "正在等" in page
    assert shop.seats() == []
    assert shop.order().state == "open"


def test_a_second_tap_finds_the_same_order_and_page(shop: Shop) -> None:
    assert shop.order_it() == shop.order_it()
    with shop.database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(CourseOrder)) == 1
    assert len(shop.till.client().v1.checkout.sessions.list().data) == 1


def test_an_order_is_its_owners_alone(shop: Shop, app: Flask, database: Database) -> None:
    where = shop.order_it()
    with database.transaction() as session:
        stranger = make_person(session)
    client: Client = app.test_client()
    sign_in(client, stranger)
    unknown = client.get("/me/orders/20260101-ABCDEFGH")
    for answer in (client.get(where), client.post(f"{where}/pay"), client.post(f"{where}/cancel")):
        assert answer.status_code == 404
    assert client.get(where).text.count("<h1") == unknown.text.count("<h1")
    assert shop.order().state == "open"


def test_a_price_that_changed_makes_a_new_order(shop: Shop) -> None:
    first = shop.order_it()
    with shop.database.transaction() as session:
        session.merge(shop.course.course).price_fen = 5_000
    assert shop.order_it() != first
    assert shop.order().due_fen == 5_000
    shop.site.run_jobs()
    closed = shop.till.client().v1.checkout.sessions.list(params={"limit": 10}).data
    assert sorted(each.status for each in closed) == ["expired", "open"]


def test_a_cancelled_order_can_no_longer_be_paid(shop: Shop) -> None:
    where = shop.order_it()
    shop.client.post(f"{where}/cancel")
    shop.site.run_jobs()
    shop.told()
    assert shop.order().state == "cancelled"
    session = shop.till.client().v1.checkout.sessions.retrieve(shop.order().page_ref)
    assert session.status == "expired"


def test_who_pays_while_the_order_is_being_cancelled_has_paid(shop: Shop) -> None:
    where = shop.order_it()
    shop.client.post(f"{where}/cancel")
    shop.pay()
    shop.site.run_jobs()
    assert shop.order().state == "paid"
    assert shop.seats() == ["active"]


def test_a_bank_that_takes_its_time_is_waited_for(shop: Shop) -> None:
    where = shop.order_it()
    page_ref = shop.order().page_ref
    shop.till.till.delay(page_ref, "alipay")
    shop.told()
    page = shop.client.get(where).text
    assert "银行还在处理" in page
    assert "结束" not in page
    assert shop.client.post(f"{where}/cancel").status_code == 409
    shop.till.till.settle(page_ref)
    shop.told()
    assert shop.seats() == ["active"]


def test_a_bank_that_says_no_lets_one_try_again(shop: Shop) -> None:
    first = shop.order_it()
    shop.till.till.delay(shop.order().page_ref, "alipay")
    shop.till.till.fail(shop.order().page_ref)
    shop.told()
    assert "没有扣钱" in shop.client.get(first).text
    assert shop.order_it() != first
    shop.pay()
    assert shop.seats() == ["active"]


def test_who_left_a_course_they_paid_comes_back_without_paying(shop: Shop) -> None:
    where = shop.order_it()
    shop.pay()
    with shop.database.transaction() as session:
        own = session.get_one(Enrollment, shop.order().enrollment_id)
        own.status, own.ended_at = "withdrawn", own.enrolled_at
    assert "不用再付" in shop.client.get(shop.checkout).text
    assert shop.order_it() == where
    assert shop.seats() == ["withdrawn", "active"]


def test_who_takes_the_course_already_cannot_order_it(shop: Shop) -> None:
    shop.order_it()
    shop.pay()
    assert shop.client.get(shop.checkout).location == f"/courses/{shop.course.course.slug}"
    assert shop.client.post(shop.checkout).status_code == 409
