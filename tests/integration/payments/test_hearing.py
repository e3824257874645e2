"""What a provider tells in any order, any number of times, ends the same."""

import pytest
from hypothesis import HealthCheck, Phase, example, given
from hypothesis import settings as examples
from sqlalchemy import func, select

from lms.db.session import Database
from lms.payments.domain.inbox import Outcome
from lms.payments.domain.orders import DisputeState, RefundState
from lms.payments.domain.provider import PageState
from lms.payments.models import Dispute, OrderPayment, ProviderMessage, Refund
from tests.factories.orders import PRICE, Buying, make_buying
from tests.factories.stories import Return, Story, tellings

_PAID = (PageState.PAID,)
_FAILED_AFTER_ALL = (RefundState.SUCCEEDED, RefundState.FAILED)
_LOST = (DisputeState.OPEN, DisputeState.LOST)
TOLD_BACKWARDS = (
    Story(_PAID, (Return("re_1", PRICE, (RefundState.SUCCEEDED,)),), (DisputeState.OPEN,)),
    Story((PageState.AWAITING, PageState.PAID), dispute=_LOST),
    Story(_PAID, (Return("re_1", PRICE, _FAILED_AFTER_ALL),)),
)


def kept(buying: Buying) -> tuple[list[tuple[str, int]], list[tuple[str, int, str]], list[str]]:
    """Return what is written down of payments, refunds and disputes."""
    with buying.database.snapshot() as session:
        own = OrderPayment.order_id == buying.order_id
        payments = session.execute(select(OrderPayment.ref, OrderPayment.amount_fen).where(own))
        refunds = (
            select(Refund.ref, Refund.amount_fen, Refund.state)
            .join(OrderPayment, OrderPayment.id == Refund.payment_id)
            .where(own)
            .order_by(Refund.ref)
        )
        disputes = select(Dispute.state).join(OrderPayment).where(own)
        return (
            [tuple(row) for row in payments],
            [tuple(row) for row in session.execute(refunds)],
            list(session.scalars(disputes)),
        )


def check_seats_and_notices(buying: Buying, story: Story) -> None:
    seats, told = buying.seats(), buying.told()
    assert seats.count("active") == story.keeps_seat
    assert told.count("order_paid") == story.is_paid
    told_back = told.count("order_refunded")
    if story.is_steady:
        assert len(seats) == story.is_paid
        assert told_back == story.arrived
    else:
        # Heard in time, a refund that failed after all ended the seat, and was told of, once.
        undone = sum(each.states == _FAILED_AFTER_ALL for each in story.refunds)
        assert 1 <= len(seats) <= 1 + undone
        assert story.arrived <= told_back <= story.arrived + undone


@examples(
    max_examples=60,
    derandomize=True,
    # To make a story that ends wrongly smaller takes minutes on a database.
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(tellings())
@example((TOLD_BACKWARDS[0], [2, 1, 0]))
@example((TOLD_BACKWARDS[1], [3, 2, 1, 0]))
@example((TOLD_BACKWARDS[2], [0, 1, 2]))
@example((TOLD_BACKWARDS[2], [2, 1, 0]))
def test_in_whatever_order_and_however_often_it_is_told_the_end_is_the_same(
    database: Database, drawn: tuple[Story, list[int]]
) -> None:
    story, order = drawn
    buying = make_buying(database)
    things = story.things(buying)
    for count, place in enumerate(order):
        # Told again, it comes under the same name or, every other time, under another.
        buying.hear(things[place], f"{buying.number}:{place}:{count % 2}")
    end = buying.order()
    assert (end.state, end.paid_at is not None) == (story.state, story.is_paid)
    assert (end.seat_ended_at is None) == (story.keeps_seat or not story.is_paid)
    check_seats_and_notices(buying, story)
    disputes = [story.dispute[-1]] if story.dispute else []
    paid = [(buying.payment_ref, PRICE)] if story.is_paid else []
    refunds = [(each.ref, each.fen, each.end) for each in story.refunds]
    assert kept(buying) == (paid, refunds, disputes)
    with database.snapshot() as session:
        outcomes = session.scalars(select(ProviderMessage.outcome)).all()
    assert set(outcomes) <= {"applied"}


def test_all_of_the_money_back_ends_the_seat_even_where_it_is_heard_before_the_payment(
    database: Database,
) -> None:
    buying = make_buying(database)
    assert buying.hear(buying.refund()) is Outcome.WAITING
    assert buying.seats() == []
    assert buying.hear(buying.page()) is Outcome.APPLIED
    order = buying.order()
    assert order.state == "refunded"
    assert buying.seats() == ["cancelled"]
    assert order.seat_ended_at is not None
    with database.snapshot() as session:
        outcomes = session.scalars(select(ProviderMessage.outcome)).all()
    assert set(outcomes) == {"applied"}


def test_a_message_that_comes_again_changes_nothing(database: Database) -> None:
    buying = make_buying(database)
    told = [buying.hear(buying.page(), "evt_same") for _ in range(3)]
    assert told == [Outcome.APPLIED] * 3
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(ProviderMessage)) == 1
        assert session.scalar(select(func.sum(OrderPayment.amount_fen))) == PRICE
    assert buying.told() == ["order_paid"]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"amount": 1}, "wrong_amount"),
        ({"amount": 0}, "wrong_amount"),
        ({"amount": PRICE * 2}, "wrong_amount"),
        ({"currency": "USD"}, "wrong_currency"),
        ({"mode": "subscription"}, "wrong_kind"),
        ({"is_live": True}, "wrong_mode"),
        ({"ref": "cs_of_another"}, "wrong_page"),
        ({"order_number": "20260101-ABCDEFGH"}, "unknown_order"),
        ({"order_number": None}, "unknown_order"),
        ({"payment_ref": None}, "wrong_payment"),
    ],
)
def test_what_does_not_fit_the_order_is_parked_and_gives_no_seat(
    database: Database, changes: dict[str, object], why: str
) -> None:
    buying = make_buying(database)
    assert buying.hear(buying.page(**changes)) is Outcome.PARKED
    assert buying.order().state == "open"
    assert buying.seats() == []
    with database.snapshot() as session:
        message = session.scalars(select(ProviderMessage)).one()
    assert (message.outcome, message.why) == ("parked", why)


def test_a_payment_pays_one_order_alone(database: Database) -> None:
    first, second = make_buying(database), make_buying(database)
    second.payment_ref = first.payment_ref
    first.hear(first.page())
    assert second.hear(second.page()) is Outcome.PARKED
    assert (second.order().state, second.seats()) == ("open", [])


def test_a_refund_that_did_not_arrive_after_all_gives_the_seat_back(database: Database) -> None:
    buying = make_buying(database)
    buying.hear_all([buying.page(), buying.refund()])
    assert buying.seats() == ["cancelled"]
    buying.hear(buying.refund(state=RefundState.FAILED))
    assert buying.order().state == "paid"
    assert buying.seats() == ["cancelled", "active"]


def test_a_bank_that_still_thinks_keeps_the_order_open(database: Database) -> None:
    buying = make_buying(database)
    buying.hear(buying.page(PageState.AWAITING))
    order = buying.order()
    assert order.state == "open"
    assert order.awaiting_at is not None
    assert buying.seats() == []
