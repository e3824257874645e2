"""Reads the receipts of an order with all a paper says of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from lms.accounts.models import County, Person
from lms.catalog.models import Revision
from lms.core.access import Actor, Permission
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment.models import TrainingClass
from lms.payments.domain.orders import DisputeState, RefundState
from lms.payments.models import CourseOrder, OrderPayment, Receipt
from lms.payments.queries.desk import in_reach
from lms.payments.queries.funding import institution_paying
from lms.payments.queries.money import disputes_of, refunds_of


@dataclass(frozen=True, slots=True)
class Words:
    """What a receipt says of an order today."""

    county: Localized
    course: Localized
    training_class: str | None


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of a payment that went back, in fen, and when it did."""

    amount_fen: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Slip:
    """A receipt with its payment and what went back of it since."""

    receipt: Receipt
    payment: OrderPayment
    returned: Sequence[Returned]


@dataclass(frozen=True, slots=True)
class Papers:
    """The receipts of an order, the first first, whose it is, and the institution that paid."""

    order: CourseOrder
    name: str
    institution: str | None
    slips: Sequence[Slip]


def payments_without_receipt(session: Session, order_id: int) -> Sequence[int]:
    """Return the ids of an order's payments that have no receipt yet, the oldest first."""
    return session.scalars(
        select(OrderPayment.id)
        .outerjoin(Receipt, Receipt.payment_id == OrderPayment.id)
        .where(OrderPayment.order_id == order_id, Receipt.id.is_(None))
        .order_by(OrderPayment.id)
    ).all()


def words_of(session: Session, order: CourseOrder) -> Words:
    """Return what a receipt that is given now says of an order."""
    row = session.execute(
        select(County.name_zh, County.name_en, Revision.title, TrainingClass.title)
        .select_from(CourseOrder)
        .join(County, County.code == CourseOrder.county_code)
        .join(Revision, Revision.course_id == CourseOrder.course_id)
        .outerjoin(TrainingClass, TrainingClass.id == CourseOrder.training_class_id)
        .where(CourseOrder.id == order.id, Revision.published_at.is_not(None))
        .order_by(Revision.id.desc())
        .limit(1)
    ).one()
    name_zh, name_en, course, training_class = row
    return Words({"zh": name_zh, "en": name_en}, course, training_class)


def own_papers(session: Session, *, person_id: int, number: str) -> Papers:
    """Return the receipts of the person's order. Raises ``NotFound`` for others', or for none."""
    return _papers(session, number, CourseOrder.person_id == person_id)


def papers(session: Session, actor: Actor, number: str) -> Papers:
    """Return the receipts of an order in the actor's reach. Raises ``NotFound`` also for none."""
    return _papers(session, number, in_reach(actor, Permission.ORDERS_READ))


def _papers(session: Session, number: str, whose: ColumnElement[bool]) -> Papers:
    rows = session.execute(_slips().where(CourseOrder.number == number, whose)).all()
    if not rows:
        raise NotFound
    order: CourseOrder = rows[0].CourseOrder
    back = [
        (each.payment_id, Returned(each.amount_fen, each.settled_at))
        for each in refunds_of(session, order.id)
        if each.state == RefundState.SUCCEEDED and each.settled_at is not None
    ] + [
        (each.payment_id, Returned(each.amount_fen, each.closed_at))
        for each in disputes_of(session, order.id)
        if each.state == DisputeState.LOST and each.closed_at is not None
    ]
    slips = [
        Slip(
            row.Receipt,
            row.OrderPayment,
            sorted((each for of, each in back if of == row.OrderPayment.id), key=_when),
        )
        for row in rows
    ]
    return Papers(order, rows[0].name, rows[0].institution, slips)


def _when(returned: Returned) -> datetime:
    return returned.at


def _slips() -> Select[Receipt, OrderPayment, CourseOrder, str, str | None]:
    return (
        select(
            *(Receipt, OrderPayment, CourseOrder, Person.name),
            institution_paying().label("institution"),
        )
        .join(OrderPayment, OrderPayment.id == Receipt.payment_id)
        .join(CourseOrder, CourseOrder.id == OrderPayment.order_id)
        .join(Person, Person.id == CourseOrder.person_id)
        .order_by(Receipt.id)
    )
