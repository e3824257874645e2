"""What came in before there were receipts gets them by the migration, and the series goes on."""

from datetime import UTC, datetime

from sqlalchemy import select, text

from lms.db.session import Database
from lms.operations import migrations
from lms.payments.models import CourseOrder, OrderPayment, Receipt, ReceiptSeries
from tests.factories.accounts import COUNTY
from tests.factories.orders import PRICE, make_buying

# Whatever migration stands before the one of receipts.
BEFORE = "0041-1"
# The second came in first; the last one in China's new year.
MOMENTS = [
    datetime(2026, 3, 2, 4, tzinfo=UTC),
    datetime(2026, 2, 2, 4, tzinfo=UTC),
    datetime(2026, 12, 31, 16, 30, tzinfo=UTC),
]


def test_payments_are_numbered_in_the_order_in_which_they_came(database: Database) -> None:
    buyings = [make_buying(database) for _ in MOMENTS]
    migrations.downgrade(database, BEFORE)
    with database.transaction() as session:
        session.add(OrderPayment(provider="stripe", ref="pi_unknown", heard_at=MOMENTS[0]))
        for buying, at in zip(buyings, MOMENTS, strict=True):
            paid = {"provider": "stripe", "ref": buying.payment_ref, "heard_at": at}
            session.add(
                OrderPayment(**paid, order_id=buying.order_id, amount_fen=PRICE, recorded_at=at)
            )
    migrations.upgrade(database)
    assert migrations.differences(database) == []
    with database.snapshot() as session:
        given = session.execute(
            select(CourseOrder.number, Receipt.number, Receipt.issued_at, Receipt.course)
            .join(OrderPayment, OrderPayment.id == Receipt.payment_id)
            .join(CourseOrder, CourseOrder.id == OrderPayment.order_id)
            .order_by(Receipt.id)
        ).all()
        series = session.execute(select(ReceiptSeries.year, ReceiptSeries.last)).all()
    second, first, third = (
        (each.number, at, each.course.revision.title)
        for each, at in zip(buyings, MOMENTS, strict=True)
    )
    assert [(number, at, course) for number, _, at, course in given] == [first, second, third]
    assert [each[1] for each in given] == [
        f"{COUNTY}-2026-000001",
        f"{COUNTY}-2026-000002",
        f"{COUNTY}-2027-000001",
    ]
    assert sorted(tuple(each) for each in series) == [(2026, 2), (2027, 1)]
    late = make_buying(database)
    late.hear(late.page())
    with database.snapshot() as session:
        newest = session.scalars(select(Receipt.number).order_by(Receipt.id.desc())).first()
    assert newest == f"{COUNTY}-2026-000003"


def test_the_way_back_and_up_again_gives_the_same_numbers(database: Database) -> None:
    for _ in range(3):
        buying = make_buying(database)
        buying.hear(buying.page())
    told = text("SELECT payment_id, number FROM order_receipt ORDER BY id")
    with database.snapshot() as session:
        before = session.execute(told).all()
    migrations.downgrade(database, BEFORE)
    migrations.upgrade(database)
    with database.snapshot() as session:
        assert session.execute(told).all() == before
    assert len(before) == 3
