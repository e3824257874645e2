"""What the database itself refuses of orders and money; without its promise each would break."""

from collections.abc import Callable

import pytest
from sqlalchemy import insert, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lms.db.session import Database
from lms.enrollment.models import Enrollment
from lms.payments.models import CourseOrder, OrderPayment, ProviderMessage, Refund
from tests.factories.orders import NOON, PRICE, Buying, make_buying

Break = Callable[[Session, Buying], object]


def _seat_without_money(session: Session, at: Buying) -> object:
    return session.execute(
        insert(Enrollment).values(
            person_id=at.person.id,
            course_id=at.course.course.id,
            revision_id=at.course.revision.id,
            county_code=at.person.county_code,
            status="active",
            enrolled_at=NOON,
        )
    )


def _paid_without_money(session: Session, at: Buying) -> object:
    paid = {"state": "paid", "paid_at": NOON}
    return session.execute(update(CourseOrder).where(CourseOrder.id == at.order_id).values(paid))


def _another_price(session: Session, at: Buying) -> object:
    cheap = {"list_fen": 1, "due_fen": 1}
    return session.execute(update(CourseOrder).where(CourseOrder.id == at.order_id).values(cheap))


def _gone_order(session: Session, at: Buying) -> object:
    return session.execute(text("DELETE FROM course_order"))


BEFORE_PAID: list[tuple[Break, str, str]] = [
    (_seat_without_money, "enrollment_paid", "enrollment"),
    (_paid_without_money, "course_order_no_update", "course_order"),
    (_another_price, "course_order_no_update", "course_order"),
    (_gone_order, "course_order_no_delete", "course_order"),
]


def _other_amount(session: Session, at: Buying) -> object:
    return session.execute(update(OrderPayment).values(amount_fen=1))


def _gone_payment(session: Session, at: Buying) -> object:
    session.execute(text("DELETE FROM order_refund"))
    session.execute(text("DELETE FROM order_receipt"))
    return session.execute(text("DELETE FROM order_payment"))


def _refund_taken_back(session: Session, at: Buying) -> object:
    return session.execute(update(Refund).values(state="pending", settled_at=None))


def _message_rewritten(session: Session, at: Buying) -> object:
    return session.execute(update(ProviderMessage).values(kind="other"))


def _outcome_rewritten(session: Session, at: Buying) -> object:
    return session.execute(update(ProviderMessage).values(outcome="ignored"))


AFTER_PAID: list[tuple[Break, str, str]] = [
    (_other_amount, "order_payment_no_update", "order_payment"),
    (_gone_payment, "order_refund_no_delete", "order_refund"),
    (_refund_taken_back, "order_refund_no_update", "order_refund"),
    (_message_rewritten, "provider_message_no_update", "provider_message"),
    (_outcome_rewritten, "provider_message_no_update", "provider_message"),
]


def drop(session: Session, database: Database, trigger: str, table: str) -> None:
    on = "" if database.is_sqlite else f" ON {table}"
    session.execute(text(f"DROP TRIGGER {trigger}{on}"))


def look(database: Database, buying: Buying, broken: Break, trigger: str, table: str) -> None:
    """See it refused, and see it done once the promise is gone."""
    with database.transaction() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            broken(session, buying)
        if broken is _gone_payment:
            drop(session, database, "order_payment_no_delete", "order_payment")
            drop(session, database, "order_receipt_no_delete", "order_receipt")
        drop(session, database, trigger, table)
        broken(session, buying)


@pytest.mark.parametrize(("broken", "trigger", "table"), BEFORE_PAID)
def test_an_order_is_kept_as_it_was_and_paid_by_money_alone(
    database: Database, broken: Break, trigger: str, table: str
) -> None:
    look(database, make_buying(database), broken, trigger, table)


@pytest.mark.parametrize(("broken", "trigger", "table"), AFTER_PAID)
def test_what_is_known_of_money_is_never_rewritten(
    database: Database, broken: Break, trigger: str, table: str
) -> None:
    buying = make_buying(database)
    buying.hear_all([buying.page(), buying.refund(900)])
    look(database, buying, broken, trigger, table)


def test_one_person_has_one_open_order_of_a_course(database: Database) -> None:
    buying = make_buying(database)
    with database.transaction() as session:
        row = session.get_one(CourseOrder, buying.order_id)
        values = {
            column.name: getattr(row, column.name)
            for column in CourseOrder.__table__.columns
            if column.name not in ("id", "number", "page_ref")
        }
        again = insert(CourseOrder).values(**values, number="20261127-SECOND")
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(again)
        session.execute(text("DROP INDEX uq_course_order_open"))
        session.execute(again)


@pytest.mark.parametrize(
    "values",
    [
        {"due_fen": PRICE - 1},
        {"coupon_fen": -1, "due_fen": PRICE + 1},
        {"currency": "USD"},
        {"state": "paid"},
        {"state": "cancelled"},
        {"due_fen": 0, "coupon_fen": PRICE},
    ],
)
def test_an_order_whose_sums_or_states_do_not_fit_is_refused(
    database: Database, values: dict[str, object]
) -> None:
    buying = make_buying(database)
    given = {
        "number": "20261127-OTHER",
        "person_id": buying.person.id,
        "course_id": buying.course.course.id,
        "county_code": buying.person.county_code,
        "state": "expired",
        "ending": "expired",
        "ended_at": NOON,
        "list_fen": PRICE,
        "due_fen": PRICE,
        "provider": "stripe",
        "created_at": NOON,
        "expires_at": NOON,
    }
    if "state" in values:
        given |= {"ending": None, "ended_at": None}
    with database.transaction() as session:
        with pytest.raises(IntegrityError), session.begin_nested():
            session.execute(insert(CourseOrder).values(given | values))
        session.execute(
            insert(CourseOrder).values(
                given | {"state": "expired", "ending": "expired", "ended_at": NOON}
            )
        )
