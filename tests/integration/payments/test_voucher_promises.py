"""What the database promises of codes: kept as issued, used once, nothing off without one."""

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from lms.core.access import Actor
from lms.db.session import Database
from lms.payments.models import CourseOrder, Redemption, Voucher
from tests.factories.accounts import make_person
from tests.factories.catalog import MadeCourse, make_course, make_programme
from tests.factories.orders import NOON, PRICE, actor_of, place_order
from tests.factories.vouchers import Batch, make_batch


@pytest.fixture
def course(database: Database) -> MadeCourse:
    """A course of 29 yuan in a programme."""
    with database.transaction() as session:
        programme = make_programme(session)
        return make_course(session, price_fen=PRICE, programme_id=programme.id)


def learner(database: Database) -> Actor:
    with database.transaction() as session:
        return actor_of(session, make_person(session))


def batch(database: Database, **terms: object) -> Batch:
    with database.transaction() as session:
        return make_batch(session, make_person(session), **terms)


def order(database: Database, actor: Actor, course: MadeCourse, *codes: str, **how: object) -> int:
    with database.transaction() as session:
        return place_order(session, actor, course, codes=codes, **how).id


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE voucher SET code = 'AAAABBBBCCCC'",
        "DELETE FROM voucher",
        "UPDATE voucher_batch SET worth_fen = 9900",
        "UPDATE voucher_batch SET last_day = '2099-12-30'",
        "DELETE FROM voucher_batch",
        "UPDATE redemption SET amount_fen = 1",
        "UPDATE redemption SET used_at = NULL",
        "DELETE FROM redemption",
        "UPDATE redemption SET freed_at = used_at",
    ],
)
def test_the_database_keeps_what_was_issued_and_used(
    database: Database, course: MadeCourse, change: str
) -> None:
    order(database, learner(database), course, batch(database, worth_fen=5_000).codes[0])
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(text(change))


def test_the_database_takes_no_code_twice_nor_beyond_its_terms(
    database: Database, course: MadeCourse
) -> None:
    made = batch(database)
    order(database, learner(database), course, made.codes[0])
    with database.snapshot() as session:
        row = session.execute(select(Redemption.__table__)).mappings().one()
        person_id = row["person_id"]
    values = {key: value for key, value in row.items() if key != "id"}
    for change in (
        {},
        {"turn": 2, "order_id": _other(database, course)},
        {"amount_fen": 1_001},
        {"kind": "coupon"},
    ):
        with pytest.raises(IntegrityError), database.transaction() as session:
            session.execute(insert(Redemption).values({**values, **change}))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(Voucher).values(batch_id=made.id, place=2, code="AAAABBBBCCCC"))
    assert person_id


def _other(database: Database, course: MadeCourse) -> int:
    return order(database, learner(database), course)


def test_the_database_pays_no_order_from_which_something_was_taken_without_a_code(
    database: Database, course: MadeCourse
) -> None:
    number = order(database, learner(database), course)
    with database.snapshot() as session:
        row = session.execute(select(CourseOrder.__table__)).mappings().one()
    values = {key: value for key, value in row.items() if key != "id"}
    free = {"provider": "none", "number": "20261128-FREE", "due_fen": 0}
    with database.transaction() as session:
        session.execute(
            update(CourseOrder)
            .where(CourseOrder.id == number)
            .values(state="cancelled", ending="cancelled", ended_at=NOON)
        )
        session.execute(insert(CourseOrder).values({**values, **free, "voucher_fen": PRICE}))
    paid = update(CourseOrder).where(CourseOrder.number == free["number"])
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(paid.values(state="paid", paid_at=NOON))
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.execute(insert(CourseOrder).values({**values, **free, "subsidy_fen": PRICE}))
