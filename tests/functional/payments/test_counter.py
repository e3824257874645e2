"""The counter of the office: one takes the money, another confirms it; and money handed back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from lms.core.clock import utc_now
from lms.payments.models import CounterPayment, CourseOrder, OrderPayment, Refund
from lms.payments.tasks import end_overdue
from tests.factories.shop import Shop
from tests.functional.conftest import OpenDesk
from tests.support.site import Client

CASH = {"kind": "cash", "amount": "29", "paper": "0012"}


@pytest.fixture
def first(open_desk: OpenDesk) -> Client:
    """Who takes the money."""
    return open_desk(name="周敏")


@pytest.fixture
def second(open_desk: OpenDesk) -> Client:
    """Who confirms it."""
    return open_desk(name="赵强")


@pytest.fixture
def order(shop: Shop) -> str:
    """The address at the desk of an order that is paid at the office."""
    page = shop.client.get(shop.order_it(way="office")).text
    assert shop.order().number in page
    assert "培训办公室" in page
    return f"/staff/orders/{shop.order().number}"


def test_the_seat_is_given_once_a_second_person_confirms(
    shop: Shop, order: str, first: Client, second: Client
) -> None:
    first.post(f"{order}/money", data=CASH)
    own = f"/me/orders/{shop.order().number}"
    page = shop.client.get(own).text
    assert "再有一位同事确认" in page
    assert "结束" not in page
    assert (shop.order().state, shop.seats()) == ("open", [])
    assert "另一位同事确认" in first.get(order).text
    assert first.post(f"{order}/money/confirm").status_code == 403
    assert second.post(f"{order}/money/confirm").location == order
    assert (shop.order().state, shop.seats()) == ("paid", ["active"])
    with shop.database.snapshot() as session:
        paid = session.scalars(select(OrderPayment)).one()
    assert (paid.provider, paid.amount_fen, paid.method) == ("office", 2_900, "cash")
    assert second.post(f"{order}/money/confirm").status_code == 409


@pytest.mark.parametrize(
    "changes", [{"amount": "28.99"}, {"amount": "x"}, {"paper": " "}, {"kind": "cheque"}]
)
def test_what_is_not_due_or_not_named_is_not_taken(
    shop: Shop, order: str, first: Client, changes: dict[str, str]
) -> None:
    first.post(f"{order}/money", data=CASH | changes)
    with shop.database.snapshot() as session:
        assert session.scalars(select(CounterPayment)).all() == []


def test_what_was_written_down_by_mistake_is_taken_back_and_can_be_taken_anew(
    shop: Shop, order: str, first: Client, second: Client
) -> None:
    first.post(f"{order}/money", data=CASH)
    assert first.post(f"{order}/money", data=CASH).status_code == 409
    first.post(f"{order}/money/drop")
    assert second.post(f"{order}/money/confirm").status_code == 409
    second.post(f"{order}/money", data=CASH | {"kind": "transfer"})
    first.post(f"{order}/money/confirm")
    assert shop.order().state == "paid"


def test_an_order_whose_money_lies_there_does_not_run_out(
    shop: Shop, order: str, first: Client, second: Client
) -> None:
    first.post(f"{order}/money", data=CASH)
    settings = shop.site.app.extensions["lms_settings"]
    end_overdue(shop.database, settings)
    assert shop.order().state == "open"
    assert shop.order().expires_at - utc_now() > timedelta(days=6)
    assert shop.client.post(f"/me/orders/{shop.order().number}/cancel").status_code == 409
    second.post(f"{order}/money/confirm")
    assert shop.seats() == ["active"]


def test_money_is_handed_back_by_two_people_too(
    shop: Shop, order: str, first: Client, second: Client
) -> None:
    first.post(f"{order}/money", data=CASH)
    second.post(f"{order}/money/confirm")
    asked = {"key": str(uuid4()), "amount": "29", "reason": "学员退课"}
    first.post(f"{order}/refunds", data=asked)
    with shop.database.snapshot() as session:
        refund = session.scalars(select(Refund)).one()
    assert refund.state == "pending"
    back = f"{order}/refunds/{refund.id}/handed-back"
    assert first.post(back).status_code == 403
    assert shop.seats() == ["active"]
    assert "退还了" in second.get(order).text
    second.post(back)
    assert (shop.order().state, shop.seats()) == ("refunded", ["cancelled"])
    assert second.post(back).status_code == 409


def test_confirming_asks_who_one_is_anew(
    shop: Shop, order: str, first: Client, open_desk: OpenDesk
) -> None:
    first.post(f"{order}/money", data=CASH)
    late = open_desk(name="赵强", confirmed=timedelta(minutes=11))
    assert late.post(f"{order}/money/confirm").location.startswith("/confirm")
    assert shop.seats() == []


def test_an_order_paid_on_line_is_not_paid_at_the_counter(shop: Shop, first: Client) -> None:
    shop.order_it()
    where = f"/staff/orders/{shop.order().number}"
    assert "收款" not in first.get(where).text
    assert first.post(f"{where}/money", data=CASH).status_code == 409


def test_the_database_takes_no_counter_money_that_two_people_did_not_confirm(
    shop: Shop, order: str, first: Client
) -> None:
    first.post(f"{order}/money", data=CASH)
    with shop.database.transaction() as session:
        number = session.scalars(select(CourseOrder.id)).one()
        alone = {"provider": "office", "ref": "office-1", "heard_at": utc_now()}
        paid = insert(OrderPayment).values(
            **alone, order_id=number, amount_fen=2_900, recorded_at=utc_now()
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(paid)
        by_one = update(CounterPayment).values(
            confirmed_by_id=CounterPayment.taken_by_id, confirmed_at=utc_now()
        )
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(by_one)
        on = "" if shop.database.is_sqlite else " ON order_payment"
        session.execute(text(f"DROP TRIGGER order_payment_no_insert{on}"))
        session.execute(paid)
