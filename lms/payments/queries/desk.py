"""Reads orders for those who look after the money of a county."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, false, or_, select, true
from sqlalchemy.orm import Session

from lms.accounts.models import Person
from lms.catalog.models import Course, Revision
from lms.core.access import Actor, Permission, ScopeKind
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.payments.domain.inbox import Outcome
from lms.payments.domain.refunds import refundable_fen
from lms.payments.models import (
    CounterPayment,
    CourseOrder,
    Difference,
    Dispute,
    OrderPayment,
    ProviderMessage,
    Reconciliation,
    Refund,
)
from lms.payments.queries.money import disputes_of, refunds_of

PAGE = 50
_MOST_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Wished:
    """What the list of orders is narrowed to."""

    state: str | None = None
    words: str = ""
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """An order as the desk lists it: whose, and what of."""

    order: CourseOrder
    name: str
    title: Localized


@dataclass(frozen=True, slots=True)
class Whole:
    """An order with all that is known of its money."""

    line: Line
    payments: Sequence[OrderPayment]
    refunds: Sequence[Refund]
    disputes: Sequence[Dispute]
    messages: Sequence[ProviderMessage]
    counted: CounterPayment | None = None

    @property
    def refundable_fen(self) -> int:
        """Return how much can still go back."""
        paid = sum(each.amount_fen or 0 for each in self.payments)
        return refundable_fen(
            paid,
            [(each.amount_fen, each.state) for each in self.refunds],
            [(each.amount_fen, each.state) for each in self.disputes],
        )


def lines(session: Session, actor: Actor, wished: Wished) -> list[Line]:
    """Return the next orders in the actor's reach, newest first, one more than a page holds.

    Words find an order by its number, or the whole name of who ordered.
    """
    found = _lines().where(in_reach(actor, Permission.ORDERS_READ))
    if wished.state is not None:
        found = found.where(CourseOrder.state == wished.state)
    if wished.words:
        words = wished.words
        found = found.where(or_(CourseOrder.number == words.upper(), Person.name == words))
    if wished.before is not None:
        found = found.where(CourseOrder.id < wished.before)
    rows = session.execute(found.order_by(CourseOrder.id.desc()).limit(PAGE + 1))
    return [Line(row.CourseOrder, row.name, row.title) for row in rows]


def whole(session: Session, actor: Actor, number: str, permission: Permission) -> Whole:
    """Return an order in the actor's reach. Raises ``NotFound``."""
    row = session.execute(
        _lines().where(CourseOrder.number == number, in_reach(actor, permission))
    ).one_or_none()
    if row is None:
        raise NotFound
    order: CourseOrder = row.CourseOrder
    payments = session.scalars(
        select(OrderPayment).where(OrderPayment.order_id == order.id).order_by(OrderPayment.id)
    ).all()
    told = session.scalars(
        select(ProviderMessage)
        .where(
            or_(
                ProviderMessage.order_number == order.number,
                ProviderMessage.payment_ref.in_([each.ref for each in payments]),
            )
        )
        .order_by(ProviderMessage.received_at)
    ).all()
    counted = session.scalar(
        select(CounterPayment).where(
            CounterPayment.order_id == order.id, CounterPayment.dropped_at.is_(None)
        )
    )
    return Whole(
        Line(order, row.name, row.title),
        payments,
        refunds_of(session, order.id),
        disputes_of(session, order.id),
        told,
        counted,
    )


def parked(
    session: Session, actor: Actor, permission: Permission = Permission.ORDERS_READ
) -> Sequence[ProviderMessage]:
    """Return the messages that fit nothing and nobody looked at yet, the oldest first.

    Those that name an order are its county's; the others those see who look after all of them.
    """
    found = select(ProviderMessage).where(
        ProviderMessage.outcome == Outcome.PARKED, ProviderMessage.handled_at.is_(None)
    )
    if not may_see_all(actor, permission):
        own = select(CourseOrder.number).where(in_reach(actor, permission))
        found = found.where(ProviderMessage.order_number.in_(own))
    return session.scalars(found.order_by(ProviderMessage.received_at).limit(PAGE)).all()


def last_reconciliation(session: Session) -> tuple[Reconciliation, Sequence[Difference]] | None:
    """Return the newest reconciliation with the provider that is over, and what differed."""
    row = session.scalars(
        select(Reconciliation)
        .where(Reconciliation.finished_at.is_not(None))
        .order_by(Reconciliation.started_at.desc(), Reconciliation.id.desc())
        .limit(1)
    ).one_or_none()
    if row is None:
        return None
    differing = session.scalars(
        select(Difference)
        .where(Difference.reconciliation_id == row.id)
        .order_by(Difference.id)
        .limit(_MOST_SHOWN)
    ).all()
    return row, differing


def may_see_all(actor: Actor, permission: Permission) -> bool:
    """Tell whether the actor looks after the whole platform: a message may be of any county."""
    return any(scope.kind is ScopeKind.PLATFORM for scope in actor.scopes_for(permission))


def may_settle(actor: Actor, seen: Whole) -> bool:
    """Tell whether the actor may take money for this order or give it back: never their own."""
    order = seen.line.order
    reaches = may_see_all(actor, Permission.ORDERS_SETTLE) or any(
        scope.kind is ScopeKind.COUNTY and scope.id == order.county_code
        for scope in actor.scopes_for(Permission.ORDERS_SETTLE)
    )
    return reaches and order.person_id != actor.person_id


def _lines() -> Select[tuple[CourseOrder, str, Localized]]:
    newest = (
        select(Revision.title)
        .where(Revision.course_id == CourseOrder.course_id, Revision.published_at.is_not(None))
        .order_by(Revision.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return (
        select(CourseOrder, Person.name, newest.label("title"))
        .join(Person, Person.id == CourseOrder.person_id)
        .join(Course, Course.id == CourseOrder.course_id)
    )


def in_reach(actor: Actor, permission: Permission) -> ColumnElement[bool]:
    """Return the condition that an order is of a county the actor has the permission in."""
    if may_see_all(actor, permission):
        return true()
    scopes = actor.scopes_for(permission)
    codes = [scope.id for scope in scopes if scope.kind is ScopeKind.COUNTY]
    return CourseOrder.county_code.in_(codes) if codes else false()
