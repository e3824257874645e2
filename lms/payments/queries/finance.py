"""Reads what came in and went back in a period: one statement for its sums and for its rows."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, func, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.accounts.models import County, Person
from lms.core.access import Actor, Permission
from lms.core.clock import day_bounds
from lms.payments.domain.finance import Fact, FactKind, Period, Sum
from lms.payments.domain.orders import RefundState
from lms.payments.models import CourseOrder, Dispute, OrderPayment, Receipt, Refund
from lms.payments.queries.desk import in_reach

# So many rows are in memory at a time.
_AT_ONCE = 500
_Moment = InstrumentedAttribute[Any]


def sums_of(session: Session, actor: Actor, period: Period) -> Sequence[Sum]:
    """Return what came in and went back in the actor's counties, by provider and method."""
    fact = _facts(period)
    way = (OrderPayment.provider, OrderPayment.method)
    sums = (func.sum(fact.c.in_fen), func.sum(fact.c.out_fen), func.count())
    found = _in_reach(select(*way, *sums), fact, actor)
    rows = session.execute(found.group_by(*way).order_by(*way))
    # PostgreSQL adds whole numbers up to decimals.
    return [Sum(provider, method, *map(int, numbers)) for provider, method, *numbers in rows]


def facts_of(session: Session, actor: Actor, period: Period) -> Iterator[Fact]:
    """Yield each fact in the actor's counties, the earliest first, few in memory at a time."""
    fact = _facts(period)
    found = _in_reach(
        select(
            *(fact.c.at, fact.c.kind, fact.c.in_fen, fact.c.out_fen, fact.c.ref),
            *(OrderPayment.provider, OrderPayment.method, CourseOrder.number, Receipt.number),
            *(Person.name, Receipt.course, County.name_zh, County.name_en),
            *(CourseOrder.list_fen, CourseOrder.coupon_fen, CourseOrder.voucher_fen),
            *(CourseOrder.subsidy_fen, CourseOrder.payer),
        ),
        fact,
        actor,
    )
    ordered = (
        found.join(Person, Person.id == CourseOrder.person_id)
        .join(County, County.code == CourseOrder.county_code)
        .outerjoin(Receipt, Receipt.payment_id == OrderPayment.id)
        .order_by(fact.c.at, fact.c.payment_id, fact.c.kind, fact.c.id)
    )
    for row in session.execute(ordered, execution_options={"yield_per": _AT_ONCE}):
        yield Fact._make(row)


def _in_reach(
    wanted: Select[*tuple[Any, ...]], fact: Subquery, actor: Actor
) -> Select[*tuple[Any, ...]]:
    return (
        wanted.select_from(fact)
        .join(OrderPayment, OrderPayment.id == fact.c.payment_id)
        .join(CourseOrder, CourseOrder.id == OrderPayment.order_id)
        .where(in_reach(actor, Permission.ORDERS_READ))
    )


def _facts(period: Period) -> Subquery:
    """Return the facts of a period by the moment at which the orders took note of them.

    What was noted stays, whatever is told of it later; so a period that is over stays as it was.
    """
    paid = select(
        *_named(FactKind.PAYMENT, OrderPayment.recorded_at, OrderPayment.id),
        OrderPayment.amount_fen.label("in_fen"),
        literal(0).label("out_fen"),
        *(OrderPayment.ref, OrderPayment.id),
    ).where(_within(OrderPayment.recorded_at, period))
    undone = and_(Refund.state == RefundState.FAILED, Refund.counted_at.is_not(None))
    return union_all(
        paid,
        _back(Refund, FactKind.REFUND, Refund.counted_at, period),
        _back(Dispute, FactKind.DISPUTE, Dispute.counted_at, period),
        _back(Refund, FactKind.UNDONE, Refund.settled_at, period).where(undone),
    ).subquery("fact")


def _back(
    model: type[Refund] | type[Dispute], kind: FactKind, at: _Moment, period: Period
) -> Select[Any]:
    amount = -model.amount_fen if kind is FactKind.UNDONE else model.amount_fen
    return select(
        *_named(kind, at, model.payment_id),
        literal(0).label("in_fen"),
        amount.label("out_fen"),
        *(model.ref, model.id),
    ).where(_within(at, period))


def _named(
    kind: FactKind, at: _Moment, payment_id: InstrumentedAttribute[int]
) -> tuple[ColumnElement[Any], ...]:
    return at.label("at"), literal(kind.value).label("kind"), payment_id.label("payment_id")


def _within(at: _Moment, period: Period) -> ColumnElement[bool]:
    begin, end = day_bounds(period.first)[0], day_bounds(period.last)[1]
    return and_(at >= begin, at < end)
