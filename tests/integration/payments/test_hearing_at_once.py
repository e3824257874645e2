"""Ten who tell the site the same things at once, each in an order of their own."""

from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from random import Random

import pytest
from sqlalchemy import func, select

from lms.db.session import Database
from lms.payments.domain.orders import DisputeState
from lms.payments.domain.provider import PageState, Seen
from lms.payments.models import OrderPayment, ProviderMessage, Refund
from tests.factories.orders import Buying, make_buying

TELLERS = 10


def tell_at_once(buying: Buying, things: list[Seen], seed: int) -> None:
    """Let ten tell all of it, each thing under one name whoever tells it."""
    every = list(permutations(range(len(things))))
    orders = Random(seed).sample(every, TELLERS)  # noqa: S311 (a draw that can be repeated)

    def tell(order: tuple[int, ...]) -> None:
        for place in order:
            buying.hear(things[place], f"{buying.number}:{place}")

    with ThreadPoolExecutor(TELLERS) as pool:
        list(pool.map(tell, orders))


@pytest.mark.parametrize("seed", range(3))
def test_it_ends_as_if_one_had_told_it_once(database: Database, seed: int) -> None:
    buying = make_buying(database)
    things = [buying.page(), buying.page(PageState.FAILED), buying.refund(), buying.dispute()]
    tell_at_once(buying, things, seed)
    assert (buying.order().state, buying.seats()) == ("disputed", ["cancelled"])
    assert buying.told() == ["order_paid", "order_refunded"]
    with database.snapshot() as session:
        counted = [
            session.scalar(select(func.count()).select_from(model))
            for model in (ProviderMessage, OrderPayment, Refund)
        ]
        outcomes = set(session.scalars(select(ProviderMessage.outcome)))
    assert counted == [4, 1, 1]
    assert outcomes == {"applied"}


@pytest.mark.parametrize("seed", range(2))
def test_a_seat_that_is_kept_is_one(database: Database, seed: int) -> None:
    buying = make_buying(database)
    won = [buying.dispute(), buying.dispute(DisputeState.WON)]
    tell_at_once(buying, [buying.page(), buying.refund(900), *won], seed)
    assert (buying.order().state, buying.seats()) == ("part_refunded", ["active"])
    assert buying.told() == ["order_paid", "order_refunded"]
