"""Orders: at the price of the moment, one open one a person and course, and what ends them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from lms.catalog.models import Course
from lms.core.errors import Conflict
from lms.db.session import Database
from lms.enrollment.domain import ClassState
from lms.enrollment.models import ClassWait, Enrollment
from lms.notify.models import SmsMessage
from lms.payments import service
from lms.payments.domain.orders import OrderState, Way
from lms.payments.domain.provider import PageState
from lms.payments.models import CourseOrder, OrderPayment
from lms.payments.tasks import end_overdue
from lms.settings import Settings
from tests.factories.accounts import make_person
from tests.factories.catalog import make_course
from tests.factories.enrollment import make_class, make_enrollment
from tests.factories.orders import NOON, PRICE, actor_of, make_buying, make_paid, place_order


def test_an_order_keeps_the_price_of_its_moment(database: Database) -> None:
    buying = make_buying(database)
    with database.transaction() as session:
        session.merge(buying.course.course).price_fen = 9_900
    assert (buying.order().list_fen, buying.order().due_fen) == (PRICE, PRICE)
    buying.hear(buying.page())
    assert buying.order().state == "paid"


def test_ten_taps_at_once_make_one_order(database: Database) -> None:
    with database.transaction() as session:
        course, person = make_course(session, price_fen=PRICE), make_person(session)
        actor = actor_of(session, person)

    def tap(_: int) -> str:
        with database.transaction() as session:
            return place_order(session, actor, course).number

    with ThreadPoolExecutor(10) as pool:
        assert len(set(pool.map(tap, range(10)))) == 1
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(CourseOrder)) == 1


def test_a_free_course_needs_no_order(database: Database) -> None:
    with database.transaction() as session:
        course, person = make_course(session), make_person(session)
        with pytest.raises(Conflict) as refused:
            place_order(session, actor_of(session, person), course)
    assert refused.value.code == "nothing_to_pay"


def test_an_order_nobody_paid_ends_by_itself(database: Database, settings: Settings) -> None:
    waiting, over = make_buying(database), make_buying(database)
    waiting.hear(waiting.page(PageState.AWAITING))
    end_overdue(database, settings)
    assert (over.order().state, over.order().ending) == ("expired", "expired")
    assert waiting.order().state == "open"


def test_an_old_order_whose_page_was_never_opened_makes_room_for_a_new_one(
    database: Database,
) -> None:
    with database.transaction() as session:
        course, person = make_course(session, price_fen=PRICE), make_person(session)
        actor = actor_of(session, person)
        first = place_order(session, actor, course)
        later = NOON + timedelta(minutes=91)
        second = place_order(session, actor, course, now=later)
        assert second.number != first.number
        assert first.state == "cancelled"
        assert place_order(session, actor, course, now=later) is second


def test_another_way_of_paying_is_another_order(database: Database) -> None:
    buying = make_buying(database)
    with database.transaction() as session:
        office = place_order(session, buying.actor, buying.course, way=Way.OFFICE)
        assert office.expires_at - NOON == timedelta(days=7)
    assert buying.order().state == "cancelled"


def test_money_for_a_course_somebody_has_waits_for_the_office(database: Database) -> None:
    first = make_buying(database)
    with database.transaction() as session:
        service.cancel(session, actor=first.actor, number=first.number, now=NOON)
        second = place_order(session, first.actor, first.course)
        second.page_ref = "cs_second"
        session.flush()
        number = second.number
    first.hear(first.page())
    paid_again = first.page(order_number=number, ref="cs_second", payment_ref="pi_second")
    first.hear(paid_again)
    assert first.seats() == ["active"]
    assert first.told() == ["order_paid", "order_without_seat"]


@pytest.mark.parametrize("taken", [0, 1])
def test_a_class_that_filled_up_puts_who_paid_in_its_line(database: Database, taken: int) -> None:
    with database.transaction() as session:
        course = make_course(session, price_fen=0)
        room = make_class(session, course, capacity=1, state=ClassState.OPEN)
        for _ in range(taken):
            make_enrollment(session, course=course, training_class_id=room.id)
        session.merge(course.course).price_fen = PRICE
        person = make_person(session)
        actor = actor_of(session, person)
        order = place_order(session, actor, course, training_class_id=room.id)
        order.page_ref = "cs_room"
        session.flush()
        _pay_by_hand(session, order)
        own = session.get_one(Enrollment, order.enrollment_id)
        assert own.training_class_id == (None if taken else room.id)
        waits = session.scalars(select(ClassWait.person_id)).all()
        texts = session.scalars(select(SmsMessage.template)).all()
    assert list(waits) == ([person.id] if taken else [])
    assert ("seat_line" in texts) is bool(taken)


def _pay_by_hand(session, order) -> None:
    paid = {"provider": "stripe", "ref": f"pi_{order.number}", "heard_at": NOON}
    session.add(OrderPayment(**paid, order_id=order.id, amount_fen=PRICE, recorded_at=NOON))
    service.settle(session, order, now=NOON)


def test_a_course_that_was_taken_free_stays_with_who_has_it(database: Database) -> None:
    with database.transaction() as session:
        own = make_enrollment(session)
        session.execute(update(Course).values(price_fen=PRICE))
        make_paid(session, own)
        assert session.get_one(Enrollment, own.id).status == "active"


def test_states_that_are_over_take_no_cancelling(database: Database) -> None:
    buying = make_buying(database)
    buying.hear(buying.page())
    with database.transaction() as session, pytest.raises(Conflict):
        service.cancel(session, actor=buying.actor, number=buying.number, now=NOON)
    assert buying.order().state == OrderState.PAID
