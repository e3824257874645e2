"""Receipts: one for each payment that counts, numbered without a gap, and never changed."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.catalog.models import Revision
from lms.db.session import Database
from lms.payments import queries, service
from lms.payments.domain.orders import OrderState, ProviderName
from lms.payments.domain.provider import ProviderEvent
from lms.payments.models import CourseOrder, OrderPayment, Receipt, ReceiptSeries
from tests.factories.accounts import COUNTY, make_county
from tests.factories.orders import NOON, PRICE, Buying, make_buying
from tests.integration.payments.test_promises import drop

HERE, NEIGHBOUR = COUNTY, "330881"
# Half an hour before and after midnight of New Year in China.
OLD_YEAR = datetime(2026, 12, 31, 15, 30, tzinfo=UTC)
NEW_YEAR = datetime(2026, 12, 31, 16, 30, tzinfo=UTC)


def numbers(database: Database) -> list[str]:
    with database.snapshot() as session:
        return list(session.scalars(select(Receipt.number).order_by(Receipt.id)))


def pay(buying: Buying, at: datetime = NOON) -> None:
    """Let the site hear at a moment that the order was paid."""
    told = ProviderEvent(f"evt_{buying.number}", "told", at, buying.page())
    with buying.database.transaction() as session:
        service.hear(session, provider=ProviderName.STRIPE, event=told, is_live=False, now=at)


def _pay_and_fail(buying: Buying) -> None:
    told = ProviderEvent("evt_lost", "told", NOON, buying.page())
    with buying.database.transaction() as session:
        service.hear(session, provider=ProviderName.STRIPE, event=told, is_live=False, now=NOON)
        assert session.scalars(select(Receipt.serial)).all() == [1]
        raise RuntimeError


def test_ten_payments_at_once_get_the_numbers_one_to_ten(database: Database) -> None:
    every = [make_buying(database) for _ in range(10)]
    with ThreadPoolExecutor(len(every)) as pool:
        list(pool.map(pay, every))
    assert sorted(numbers(database)) == [f"{HERE}-2026-{each:06d}" for each in range(1, 11)]
    with database.snapshot() as session:
        assert session.scalars(select(ReceiptSeries.last)).all() == [10]
    assert {each.order().state for each in every} == {OrderState.PAID}


def test_a_payment_that_is_rolled_back_takes_no_number(database: Database) -> None:
    lost, kept = make_buying(database), make_buying(database)
    with pytest.raises(RuntimeError):
        _pay_and_fail(lost)
    pay(kept)
    assert numbers(database) == [f"{HERE}-2026-000001"]
    pay(lost)
    assert numbers(database) == [f"{HERE}-2026-000001", f"{HERE}-2026-000002"]


def test_each_county_and_each_year_of_its_clock_counts_its_own(database: Database) -> None:
    here, also_here, there = (make_buying(database) for _ in range(3))
    with database.transaction() as session:
        make_county(session, code=NEIGHBOUR)
        drop(session, database, "course_order_no_update", "course_order")
        order = session.get_one(CourseOrder, there.order_id)
        order.county_code = NEIGHBOUR
    pay(here, OLD_YEAR)
    pay(also_here, NEW_YEAR)
    pay(there, NEW_YEAR)
    assert numbers(database) == [
        f"{HERE}-2026-000001",
        f"{HERE}-2027-000001",
        f"{NEIGHBOUR}-2027-000001",
    ]


def test_a_second_payment_of_an_order_has_a_receipt_of_its_own(database: Database) -> None:
    buying = make_buying(database)
    buying.hear(buying.page())
    buying.hear(buying.page(payment_ref="pi_second"))
    # Told again, and refunded: no receipt comes or goes.
    buying.hear_all([buying.page(), buying.refund(900)])
    with database.snapshot() as session:
        found = queries.own_papers(session, person_id=buying.person.id, number=buying.number)
    assert [each.payment.ref for each in found.slips] == [buying.payment_ref, "pi_second"]
    assert [[back.amount_fen for back in each.returned] for each in found.slips] == [[900], []]


def test_a_refund_heard_of_before_its_payment_waits_for_the_receipt(database: Database) -> None:
    buying = make_buying(database)
    buying.hear(buying.refund())
    assert numbers(database) == []
    buying.hear(buying.page())
    assert numbers(database) == [f"{HERE}-2026-000001"]
    assert buying.order().state == OrderState.REFUNDED


def test_what_a_receipt_said_it_says_years_later(database: Database) -> None:
    buying = make_buying(database)
    buying.hear(buying.page())
    with database.transaction() as session:
        session.execute(update(County).values(name_zh="改名县"))
        drop(session, database, "revision_no_update", "revision")
        session.execute(update(Revision).values(title={"zh": "改了", "en": "Changed"}))
    with database.snapshot() as session:
        (slip,) = queries.own_papers(
            session, person_id=buying.person.id, number=buying.number
        ).slips
    assert slip.receipt.course == buying.course.revision.title
    assert slip.receipt.county["zh"] != "改名县"


def test_a_claim_finds_the_receipts_of_what_was_paid_for(database: Database) -> None:
    buying, other = make_buying(database), make_buying(database)
    other.hear(other.page())
    buying.hear(buying.page())
    with database.snapshot() as session:
        (told,) = queries.fundings(session, buying.person.id)
    assert (told.receipt, told.due_fen) == (f"{HERE}-2026-000002", PRICE)


Break = Callable[[Session], object]


def _gap(session: Session) -> object:
    return _give(session, serial=4)


def _same_number(session: Session) -> object:
    return _give(session, serial=2)


def _no_money(session: Session) -> object:
    unpaid = {"provider": "stripe", "ref": "pi_unheard", "heard_at": NOON}
    session.execute(insert(OrderPayment).values(unpaid))
    newest = session.scalars(select(OrderPayment.id).order_by(OrderPayment.id.desc())).first()
    return _give(session, payment_id=newest)


def _other_words(session: Session) -> object:
    return _give(session, number=f"{HERE}-2026-000004")


def _rewritten(session: Session) -> object:
    return session.execute(update(Receipt).where(Receipt.serial == 1).values(number="x"))


def _gone(session: Session) -> object:
    return session.execute(text("DELETE FROM order_receipt"))


def _series_ahead(session: Session) -> object:
    return session.execute(update(ReceiptSeries).values(last=ReceiptSeries.last + 2))


def _series_gone(session: Session) -> object:
    return session.execute(text("DELETE FROM receipt_series"))


def _give(session: Session, **changes: object) -> object:
    """Insert the receipt of the third payment, which the test left without one."""
    third = session.scalars(select(OrderPayment.id).order_by(OrderPayment.id)).all()[2]
    values = {
        "payment_id": third,
        "county_code": HERE,
        "year": 2026,
        "serial": 3,
        "issued_at": NOON,
        "county": {"zh": "县"},
        "course": {"zh": "课"},
    } | changes
    values.setdefault("number", f"{HERE}-2026-{values['serial']:06d}")
    return session.execute(insert(Receipt).values(values))


PROMISED: list[tuple[Break, str, str]] = [
    (_gap, "order_receipt_no_insert", "order_receipt"),
    (_no_money, "order_receipt_no_insert", "order_receipt"),
    (_other_words, "order_receipt_no_insert", "order_receipt"),
    (_rewritten, "order_receipt_no_update", "order_receipt"),
    (_gone, "order_receipt_no_delete", "order_receipt"),
    (_series_ahead, "receipt_series_no_update", "receipt_series"),
    (_series_gone, "receipt_series_no_delete", "receipt_series"),
]


@pytest.fixture
def two_given(database: Database) -> None:
    """Two payments with receipts and a third without."""
    for _ in range(2):
        pay(make_buying(database))
    bare = make_buying(database)
    paid = {"provider": "stripe", "ref": "pi_bare", "heard_at": NOON, "recorded_at": NOON}
    with database.transaction() as session:
        session.add(OrderPayment(**paid, order_id=bare.order_id, amount_fen=PRICE))


@pytest.mark.usefixtures("two_given")
@pytest.mark.parametrize(("broken", "trigger", "table"), PROMISED)
def test_the_database_refuses_gaps_and_changes(
    database: Database, broken: Break, trigger: str, table: str
) -> None:
    with database.transaction() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            broken(session)
        drop(session, database, trigger, table)
        broken(session)


@pytest.mark.usefixtures("two_given")
def test_no_number_stands_twice_and_no_payment_has_two(database: Database) -> None:
    with database.transaction() as session:
        _give(session)
        with pytest.raises(IntegrityError), session.begin_nested():
            _give(session, serial=4)
        drop(session, database, "order_receipt_no_insert", "order_receipt")
        with pytest.raises(IntegrityError), session.begin_nested():
            _same_number(session)
