"""Money by day: to the fen what the tables hold, and a day that is over stays as it was."""

import tracemalloc
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import count
from random import Random

import pytest
from sqlalchemy import func, insert, select, text
from sqlalchemy.orm import Session

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database
from lms.payments import queries, service
from lms.payments.domain.finance import Fact, Period, Sum, total
from lms.payments.domain.orders import DisputeState, ProviderName, RefundState
from lms.payments.domain.provider import ProviderEvent, Seen
from lms.payments.models import Dispute, OrderPayment, Refund
from tests.factories.accounts import COUNTY
from tests.factories.orders import NOON, PRICE, Buying, make_buying
from tests.support.statements import asked

FIRST = date(2026, 11, 27)
DAYS = 5
WHOLE = Period(FIRST, FIRST + timedelta(days=DAYS - 1))
_names = count(1)


def who(county: str | None = COUNTY) -> Actor:
    """Return an administrator of a county, or of the whole platform."""
    scope = Scope(ScopeKind.COUNTY, county) if county else Scope(ScopeKind.PLATFORM)
    return Actor(1, "周敏", (Grant(Role.ADMINISTRATOR, scope),), 1)


def tell(buying: Buying, seen: Seen, day: int) -> None:
    """Let the site hear of something at noon of the so-manieth day."""
    at = NOON + timedelta(days=day)
    told = ProviderEvent(f"evt_finance_{next(_names)}", "told", at, seen)
    with buying.database.transaction() as session:
        service.hear(session, provider=ProviderName.STRIPE, event=told, is_live=False, now=at)


def story(buying: Buying, luck: Random) -> Iterable[Seen]:
    """Yield what may be told of an order: paid, given back in parts, taken back, or none of it."""
    if luck.random() < 0.8:
        yield buying.page()
    for number in range(luck.randrange(3)):
        amount = luck.randint(1, PRICE // 3)
        went = [RefundState.SUCCEEDED, RefundState.FAILED, RefundState.PENDING]
        for state in luck.sample(went, luck.randint(1, 3)):
            yield buying.refund(amount, state, f"re_{number}")
    if luck.random() < 0.5:
        yield buying.dispute()
        yield buying.dispute(luck.choice([DisputeState.WON, DisputeState.LOST]))


def in_tables(session: Session) -> tuple[int, int]:
    """Return what came in and what went back, added up from the tables by themselves."""
    counted = select(OrderPayment.id).where(OrderPayment.order_id.is_not(None))
    came = select(func.sum(OrderPayment.amount_fen))
    back = [
        select(func.sum(model.amount_fen)).where(
            model.state == state, model.payment_id.in_(counted)
        )
        for model, state in ((Refund, RefundState.SUCCEEDED), (Dispute, DisputeState.LOST))
    ]
    return int(session.scalar(came) or 0), sum(int(session.scalar(each) or 0) for each in back)


def sums(session: Session, period: Period, actor: Actor | None = None) -> Sum:
    return total(queries.sums_of(session, actor or who(), period))


def added(facts: Iterable[Fact]) -> tuple[int, int, int]:
    rows = list(facts)
    return sum(row.in_fen for row in rows), sum(row.out_fen for row in rows), len(rows)


@pytest.mark.parametrize("seed", range(4))
def test_sums_rows_and_tables_are_the_same_to_the_fen(database: Database, seed: int) -> None:
    luck = Random(seed)  # noqa: S311 (a draw that can be repeated)
    buyings = [make_buying(database) for _ in range(5)]
    told = [(each, seen) for each in buyings for seen in story(each, luck)]
    luck.shuffle(told)
    by_day: list[tuple[int, int, int]] = []
    for day in range(DAYS):
        today = Period(FIRST + timedelta(days=day), FIRST + timedelta(days=day))
        for each, seen in told[day::DAYS]:
            tell(each, seen, day)
        with database.snapshot() as session:
            by_day.append(added(queries.facts_of(session, who(), today)))
    with database.snapshot() as session:
        whole = sums(session, WHOLE)
        assert (whole.in_fen, whole.out_fen) == in_tables(session)
        rows = added(queries.facts_of(session, who(), WHOLE))
        assert rows == (whole.in_fen, whole.out_fen, whole.facts)
        # What was read of a day that evening is read of it ever after.
        assert rows == tuple(map(sum, zip(*by_day, strict=True)))


def test_a_refund_that_did_not_arrive_stands_on_the_day_it_came_back(database: Database) -> None:
    buying = make_buying(database)
    tell(buying, buying.page(), 0)
    tell(buying, buying.refund(900), 1)
    tell(buying, buying.refund(900, RefundState.FAILED), 3)
    with database.snapshot() as session:
        rows = [
            (row.at.date(), row.kind, row.in_fen, row.out_fen)
            for row in queries.facts_of(session, who(), WHOLE)
        ]
    assert rows == [
        (FIRST, "payment", PRICE, 0),
        (FIRST + timedelta(days=1), "refund", 0, 900),
        (FIRST + timedelta(days=3), "undone", 0, -900),
    ]


def test_a_day_begins_and_ends_at_midnight_of_the_county(database: Database) -> None:
    buying = make_buying(database)
    # Noon in China is 4 o'clock in UTC; twelve hours later it is the next day there alone.
    told = ProviderEvent("evt_midnight", "told", NOON, buying.page())
    with database.transaction() as session:
        at = NOON + timedelta(hours=12)
        service.hear(session, provider=ProviderName.STRIPE, event=told, is_live=False, now=at)
    with database.snapshot() as session:
        assert sums(session, Period(FIRST, FIRST)).facts == 0
        next_day = FIRST + timedelta(days=1)
        assert sums(session, Period(next_day, next_day)).in_fen == PRICE


def test_nobody_sees_the_money_of_another_county(database: Database) -> None:
    buying = make_buying(database)
    tell(buying, buying.page(), 0)
    with database.snapshot() as session:
        assert sums(session, WHOLE, who("330881")).facts == 0
        assert list(queries.facts_of(session, who("330881"), WHOLE)) == []
        assert sums(session, WHOLE, who(None)).in_fen == PRICE


def test_a_row_says_what_the_money_was_for(database: Database) -> None:
    buying = make_buying(database)
    tell(buying, buying.page(method="alipay"), 0)
    with database.snapshot() as session:
        (row,) = queries.facts_of(session, who(), WHOLE)
    assert row._asdict() | {"at": None} == {
        "at": None,
        "kind": "payment",
        "in_fen": PRICE,
        "out_fen": 0,
        "ref": buying.payment_ref,
        "provider": "stripe",
        "method": "alipay",
        "order_number": buying.number,
        "receipt_number": f"{COUNTY}-2026-000001",
        "name": buying.person.name,
        "course": buying.course.revision.title,
        "county_zh": "常山县",
        "county_en": "Changshan County",
        "list_fen": PRICE,
        "coupon_fen": 0,
        "voucher_fen": 0,
        "subsidy_fen": 0,
        "payer": "learner",
    }


def test_many_rows_are_read_by_one_statement_and_never_held_together(database: Database) -> None:
    buying, rows = make_buying(database), 6_000
    paid = {"provider": "stripe", "heard_at": NOON, "recorded_at": NOON, "amount_fen": 1}
    with database.transaction() as session:
        values = [
            paid | {"ref": f"pi_many_{each}", "order_id": buying.order_id} for each in range(rows)
        ]
        session.execute(insert(OrderPayment), values)
    with database.one_moment() as session, asked(database) as said:
        facts = queries.facts_of(session, who(), WHOLE)
        tracemalloc.start()
        assert next(facts).in_fen == 1
        if not database.is_sqlite:
            # The rows wait at the server; what the driver holds of them is not traced here.
            assert session.scalar(text("SELECT count(*) FROM pg_cursors")) == 1
        assert sum(fact.in_fen for fact in facts) == rows - 1
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert len([each for each in said if "order_payment" in each]) == 1
    # All of them would be several times that.
    assert most < 3_000_000
