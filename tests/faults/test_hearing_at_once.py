"""Ten who tell the site the same things at once, each in an order of their own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations
from random import Random

from sqlalchemy import func, select

from lms.db.session import Database
from lms.payments.domain.orders import DisputeState, ProviderName
from lms.payments.domain.provider import PageState, Seen
from lms.payments.models import OrderPayment, ProviderMessage, Refund
from tests.factories.orders import Buying, make_buying

TELLERS = 10


def tell_at_once(buying: Buying, things: list[Seen], seed: int) -> None:
    """Let ten tell all of it, each thing under one name whoever tells it."""
    every = list(permutations(range(len(things))))
    orders = Random(seed).sample(every, TELLERS)  # noqa: S311 (no secret)

    def tell(order: tuple[int, ...]) -> None:
        for place in order:
            buying.hear(things[place], f"{buying.number}:{place}")

    with ThreadPoolExecutor(TELLERS) as pool:
        list(pool.map(tell, orders))


def kept(buying: Buying) -> tuple[list[str], int, int]:
    """Return what came of each message of an order, and how many payments and refunds it has."""
    told = select(ProviderMessage.outcome).where(
        ProviderMessage.id.startswith(f"{ProviderName.STRIPE}:{buying.number}:")
    )
    own = OrderPayment.order_id == buying.order_id
    payments = select(func.count()).select_from(OrderPayment).where(own)
    refunds = select(func.count()).select_from(Refund).join(OrderPayment).where(own)
    with buying.database.snapshot() as session:
        outcomes = list(session.scalars(told))
        return outcomes, session.scalar(payments), session.scalar(refunds)


def test_it_ends_as_if_one_had_told_it_once(
    database: Database, engine: str, moments: int, seed: int, tell: Callable[[str], None]
) -> None:
    for at in range(moments):
        buying = make_buying(database)
        things = [buying.page(), buying.page(PageState.FAILED), buying.refund(), buying.dispute()]
        tell_at_once(buying, things, seed + at)
        assert (buying.order().state, buying.seats()) == ("disputed", ["cancelled"]), seed + at
        assert buying.told() == ["order_paid", "order_refunded"], seed + at
        assert kept(buying) == (["applied"] * len(things), 1, 1), seed + at
    tell(f"told at once on {engine}: {moments} orders, each by {TELLERS}, seed {seed}")


def test_a_seat_that_is_kept_is_one(database: Database, moments: int, seed: int) -> None:
    for at in range(moments):
        buying = make_buying(database)
        won = [buying.dispute(), buying.dispute(DisputeState.WON)]
        tell_at_once(buying, [buying.page(), buying.refund(900), *won], seed + at)
        assert (buying.order().state, buying.seats()) == ("part_refunded", ["active"]), seed + at
        assert buying.told() == ["order_paid", "order_refunded"], seed + at
