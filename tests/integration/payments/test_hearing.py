"""What a provider tells in any order, any number of times, ends the same."""

from collections.abc import Callable
from itertools import permutations

import pytest
from sqlalchemy import func, select

from lms.db.session import Database
from lms.payments.domain.inbox import Outcome
from lms.payments.domain.orders import DisputeState, RefundState
from lms.payments.domain.provider import PageState, Seen
from lms.payments.models import OrderPayment, ProviderMessage
from tests.factories.orders import PRICE, Buying, make_buying

Story = Callable[[Buying], list[Seen]]


def _refunded(at: Buying) -> list[Seen]:
    return [at.page(), at.page(PageState.FAILED), at.refund(), at.dispute()]


def _won(at: Buying) -> list[Seen]:
    return [at.page(), at.page(PageState.EXPIRED), at.dispute(), at.dispute(DisputeState.WON)]


def _lost(at: Buying) -> list[Seen]:
    return [at.page(), at.page(PageState.AWAITING), at.dispute(), at.dispute(DisputeState.LOST)]


def _part(at: Buying) -> list[Seen]:
    pending = at.refund(900, RefundState.PENDING)
    return [at.page(), pending, at.refund(900), at.refund(500, RefundState.FAILED, "re_2")]


def _never_paid(at: Buying) -> list[Seen]:
    return [at.page(PageState.AWAITING), at.page(PageState.FAILED), at.page(PageState.OPEN)]


STORIES: list[tuple[Story, str, list[str], list[str]]] = [
    (_refunded, "disputed", ["cancelled"], ["order_paid", "order_refunded"]),
    (_won, "paid", ["active"], ["order_paid"]),
    (_lost, "refunded", ["cancelled"], ["order_paid", "order_refunded"]),
    (_part, "part_refunded", ["active"], ["order_paid", "order_refunded"]),
    (_never_paid, "cancelled", [], []),
]


@pytest.mark.parametrize(("story", "state", "seats", "told"), STORIES)
def test_in_whatever_order_and_however_often_it_is_told_the_end_is_the_same(
    database: Database, story: Story, state: str, seats: list[str], told: list[str]
) -> None:
    for order in permutations(range(len(story(make_buying(database))))):
        buying = make_buying(database)
        things = story(buying)
        for place in order:
            # Each is told again under its own name, and once more under another.
            buying.hear(things[place], f"{buying.number}:{place}")
            buying.hear(things[place], f"{buying.number}:{place}")
        buying.hear_all(things)
        assert buying.order().state == state, order
        assert buying.seats() == seats, order
        assert buying.told() == told, order


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
