"""Reads orders: one under its lock, and a learner's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.catalog.models import Course
from lms.core.errors import NotFound
from lms.db.base import Localized
from lms.enrollment.domain import LIVE
from lms.enrollment.models import Enrollment, TrainingClass
from lms.payments.domain.orders import OrderState
from lms.payments.models import CourseOrder, OrderPayment, Refund, UndoneOrder
from lms.payments.queries.titles import newest_title
from lms.payments.queries.vouchers import UsedCode, used_codes

_MOST = 200
# Paid, and whoever it was for does not sit on it any more. With the enrollment beside it.
_HAS_FREE_SEAT = and_(
    CourseOrder.paid_at.is_not(None),
    CourseOrder.seat_ended_at.is_(None),
    or_(Enrollment.id.is_(None), Enrollment.status.not_in(LIVE)),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands with a course: in it, to come back for nothing, or ordered already."""

    is_enrolled: bool
    may_come_back: bool
    open_number: str | None


@dataclass(frozen=True, slots=True)
class OwnOrder:
    """An order of the learner with what was ordered, and the money that came in and went back."""

    order: CourseOrder
    slug: str
    title: Localized
    class_title: str | None
    payments: Sequence[OrderPayment] = ()
    refunds: Sequence[Refund] = ()
    codes: Sequence[UsedCode] = ()
    undone: UndoneOrder | None = None


def is_seat_lost(enrollment_id: ColumnElement[int] | InstrumentedAttribute[int]) -> Exists:
    """Return the condition that all of the money for an enrollment went back."""
    return exists().where(
        CourseOrder.enrollment_id == enrollment_id, CourseOrder.seat_ended_at.is_not(None)
    )


def standing_with(session: Session, *, person_id: int, course_id: int) -> Standing:
    """Return how somebody stands with a course before they order it."""
    row = session.execute(
        select(CourseOrder.number, CourseOrder.state)
        .outerjoin(Enrollment, Enrollment.id == CourseOrder.enrollment_id)
        .where(
            CourseOrder.person_id == person_id,
            CourseOrder.course_id == course_id,
            or_(CourseOrder.state == OrderState.OPEN, _HAS_FREE_SEAT),
        )
        .order_by(CourseOrder.state == OrderState.OPEN, CourseOrder.id)
        .limit(1)
    ).one_or_none()
    live = select(Enrollment.id).where(
        Enrollment.person_id == person_id,
        Enrollment.course_id == course_id,
        Enrollment.status.in_(LIVE),
    )
    is_open = row is not None and row.state == OrderState.OPEN
    return Standing(
        is_enrolled=session.scalar(live) is not None,
        may_come_back=row is not None and not is_open,
        open_number=row.number if row is not None and is_open else None,
    )


def locked_order(session: Session, order_id: int) -> CourseOrder:
    """Lock and return an order as it stands now."""
    return session.get_one(CourseOrder, order_id, with_for_update=True, populate_existing=True)


def open_order(session: Session, *, person_id: int, course_id: int) -> CourseOrder | None:
    """Lock and return the person's order for the course that is not paid yet."""
    return session.scalar(
        select(CourseOrder)
        .where(
            CourseOrder.person_id == person_id,
            CourseOrder.course_id == course_id,
            CourseOrder.state == OrderState.OPEN,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )


def order_with_free_seat(session: Session, *, person_id: int, course_id: int) -> CourseOrder | None:
    """Lock and return an order whose money came in and on which nobody sits any more."""
    return session.scalar(
        select(CourseOrder)
        .outerjoin(Enrollment, Enrollment.id == CourseOrder.enrollment_id)
        .where(
            CourseOrder.person_id == person_id,
            CourseOrder.course_id == course_id,
            _HAS_FREE_SEAT,
        )
        .order_by(CourseOrder.id)
        .limit(1)
        .with_for_update(of=CourseOrder)
        .execution_options(populate_existing=True)
    )


def overdue(session: Session, *, at: datetime, limit: int) -> Sequence[int]:
    """Return the ids of orders that were to be paid by now; those a bank thinks about are not."""
    return session.scalars(
        select(CourseOrder.id)
        .where(
            CourseOrder.state == OrderState.OPEN,
            CourseOrder.expires_at <= at,
            CourseOrder.awaiting_at.is_(None),
        )
        .order_by(CourseOrder.expires_at)
        .limit(limit)
    ).all()


def own_order(session: Session, *, person_id: int, number: str) -> OwnOrder:
    """Return the person's order with all that became of it. Raises ``NotFound`` for others'."""
    row = session.execute(_of(person_id).where(CourseOrder.number == number)).one_or_none()
    if row is None:
        raise NotFound
    payments = session.scalars(
        select(OrderPayment)
        .where(OrderPayment.order_id == row.CourseOrder.id)
        .order_by(OrderPayment.id)
    ).all()
    refunds = session.scalars(
        select(Refund)
        .where(Refund.payment_id.in_([each.id for each in payments]))
        .order_by(Refund.id)
    ).all()
    return OwnOrder(
        *(row.CourseOrder, row.slug, row.title, row.class_title, payments, refunds),
        codes=used_codes(session, row.CourseOrder),
        undone=undone_of(session, row.CourseOrder),
    )


def undone_of(session: Session, order: CourseOrder) -> UndoneOrder | None:
    """Return who undid an order nothing was left to pay of, and why."""
    return session.get(UndoneOrder, order.id) if order.due_fen == 0 else None


def own_orders(session: Session, person_id: int) -> list[OwnOrder]:
    """Return the person's orders, newest first."""
    rows = session.execute(_of(person_id).order_by(CourseOrder.id.desc()).limit(_MOST)).all()
    return [OwnOrder(row.CourseOrder, row.slug, row.title, row.class_title) for row in rows]


def _of(person_id: int) -> Select[CourseOrder, str, Localized, str]:
    return (
        select(
            CourseOrder,
            Course.slug,
            newest_title(CourseOrder.course_id).label("title"),
            TrainingClass.title.label("class_title"),
        )
        .join(Course, Course.id == CourseOrder.course_id)
        .outerjoin(TrainingClass, TrainingClass.id == CourseOrder.training_class_id)
        .where(CourseOrder.person_id == person_id)
    )
