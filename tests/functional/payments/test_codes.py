"""What a learner with a voucher or coupon sees and pays, and where an institution does."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from lms.payments.domain.vouchers import spelled
from lms.payments.models import CounterPayment, Redemption
from tests.factories.accounts import make_person, sign_in
from tests.factories.shop import Shop
from tests.factories.vouchers import Batch, make_batch
from tests.functional.conftest import OpenDesk
from tests.support.site import Client
from tests.support.statements import assert_few_statements


def batch(shop: Shop, **terms: object) -> Batch:
    with shop.database.transaction() as session:
        return make_batch(session, make_person(session), **terms)


def uses(shop: Shop) -> list[tuple[int, bool]]:
    """Return what each code that was put in took off, and whether it is used up."""
    with shop.database.snapshot() as session:
        rows = session.scalars(select(Redemption).order_by(Redemption.id))
        return [(row.amount_fen, row.used_at is not None) for row in rows]


def test_a_code_shows_its_price_and_pays_a_part(shop: Shop) -> None:
    code = spelled(batch(shop).codes[0])
    # It is typed in although it stands there already.
    page = shop.client.get(f"{shop.checkout}?code={code.lower()}&code={code}").text
    assert "不能用两张" not in page
    assert "19 元" in page
    assert code in page
    assert uses(shop) == []
    shop.order_it(code=code)
    assert (shop.order().voucher_fen, shop.order().due_fen) == (1_000, 1_900)
    session = shop.till.client().v1.checkout.sessions.retrieve(shop.order().page_ref)
    assert session.amount_total == 1_900
    assert uses(shop) == [(1_000, False)]
    shop.pay()
    assert (shop.order().state, shop.seats()) == ("paid", ["active"])
    assert uses(shop) == [(1_000, True)]
    assert code in shop.client.get(f"/me/orders/{shop.order().number}").text


def test_the_checkout_asks_little_with_two_codes(shop: Shop) -> None:
    codes = [batch(shop).codes[0], batch(shop, kind="coupon", worth_fen=500).codes[0]]
    where = f"{shop.checkout}?code={codes[0]}&code={codes[1]}"
    assert_few_statements(shop.client, shop.database, where)
    page = shop.client.get(where).text
    assert "14 元" in page
    assert 'id="code"' not in page


def test_a_voucher_that_pays_all_needs_no_payment(shop: Shop) -> None:
    code = batch(shop, worth_fen=5_000).codes[0]
    assert "不用付钱，直接参加" in shop.client.get(f"{shop.checkout}?code={code}").text
    shop.order_it(code=code)
    assert (shop.order().state, shop.order().provider, shop.seats()) == ("paid", "none", ["active"])
    assert uses(shop) == [(2_900, True)]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ABCD-EFGH-2345", "没有这个券码"),
        ("' OR 1=1 --", "没有这个券码"),
        ("<script>alert(1)</script>", "没有这个券码"),
        ("票" * 400, "没有这个券码"),
    ],
)
def test_what_is_no_code_is_said_and_costs_nothing(shop: Shop, code: str, said: str) -> None:
    shown = shop.client.get(shop.checkout, query_string={"code": code})
    assert shown.status_code == 200
    assert said in shown.text
    assert "<script>alert" not in shown.text
    answer = shop.client.post(shop.checkout, data={"code": code})
    assert answer.status_code == 422
    assert said in answer.text
    assert shop.order() is None


def test_somebody_elses_code_is_not_used_again(app: Flask, shop: Shop) -> None:
    code = batch(shop).codes[0]
    shop.order_it(code=code)
    with shop.database.transaction() as session:
        other = make_person(session)
    client: Client = app.test_client()
    sign_in(client, other)
    answer = client.post(shop.checkout, data={"code": code})
    assert answer.status_code == 422
    assert "已经用过了" in answer.text
    # Whoever ordered with it sees it as their own, and orders the same once more.
    assert "已经用过了" not in shop.client.get(f"{shop.checkout}?code={code}").text


def test_the_square_code_leads_to_where_it_is_used(shop: Shop) -> None:
    code = spelled(batch(shop, course_id=shop.course.course.id).codes[0])
    answer = shop.client.get(f"/vouchers/{code}")
    assert answer.location == f"{shop.checkout}?code={code}"
    assert "没有这个券码" in shop.client.get("/vouchers/ABCD-EFGH-2345").text


def test_an_institution_pays_at_the_counter_and_is_named(open_desk: OpenDesk, shop: Shop) -> None:
    assert "单位付款" in shop.client.get(shop.checkout).text
    shop.order_it(way="institution")
    order = shop.order()
    assert (order.payer, order.provider) == ("institution", "office")
    assert order.expires_at - order.created_at == timedelta(days=30)
    where = f"/staff/orders/{order.number}"
    first, second = open_desk(name="周敏"), open_desk(name="赵强")
    money = {"kind": "transfer", "amount": "29", "paper": "T-77"}
    first.post(f"{where}/money", data=money)
    with shop.database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(CounterPayment)) == 0
    first.post(f"{where}/money", data={**money, "paid_by": "常山县阿姨面业有限公司"})
    assert "常山县阿姨面业有限公司" in second.get(where).text
    second.post(f"{where}/money/confirm")
    assert (shop.order().state, shop.seats()) == ("paid", ["active"])
