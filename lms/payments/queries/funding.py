"""Reads whose money paid for the courses of a person: their own, an institution's, public money."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Exists, ScalarSelect, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from lms.catalog.models import Course
from lms.db.among import among
from lms.db.base import Localized
from lms.enrollment.models import Enrollment
from lms.payments.domain.orders import OrderState, Payer
from lms.payments.domain.vouchers import VoucherKind, spelled
from lms.payments.models import (
    CounterPayment,
    CourseOrder,
    OrderPayment,
    Receipt,
    Redemption,
    Voucher,
)
from lms.payments.queries.titles import newest_title


@dataclass(frozen=True, slots=True)
class Funding:
    """How a course was paid for, in fen; ``due_fen`` is what ``payer`` paid.

    ``institution`` is its name where one paid, ``voucher`` the code of a training voucher,
    ``receipt`` the number of the receipt of the money.
    """

    order_number: str
    programme_id: int | None
    course: Localized
    state: OrderState
    payer: Payer
    due_fen: int
    coupon_fen: int
    subsidy_fen: int
    voucher_fen: int
    voucher: str | None
    institution: str | None
    receipt: str | None


def has_paid(person_id: InstrumentedAttribute[int]) -> Exists:
    """Return the condition that somebody ever paid for a course."""
    return exists().where(CourseOrder.person_id == person_id, CourseOrder.paid_at.is_not(None))


def institution_paying() -> ScalarSelect[str | None]:
    """Return the name of the institution that paid an order, if one did."""
    return (
        select(CounterPayment.paid_by)
        .where(CounterPayment.order_id == CourseOrder.id, CounterPayment.confirmed_at.is_not(None))
        .limit(1)
        .scalar_subquery()
    )


def fundings(session: Session, person_id: int) -> list[Funding]:
    """Return how each course a person paid for was paid, in the order of paying."""
    rows = session.execute(
        select(
            *(CourseOrder, Course.programme_id, newest_title(CourseOrder.course_id)),
            *(_voucher(), institution_paying(), _receipt()),
        )
        .join(Course, Course.id == CourseOrder.course_id)
        .where(CourseOrder.person_id == person_id, CourseOrder.paid_at.is_not(None))
        .order_by(CourseOrder.paid_at, CourseOrder.id)
    )
    return [
        Funding(
            order_number=order.number,
            programme_id=programme_id,
            course=title,
            state=OrderState(order.state),
            payer=Payer(order.payer),
            due_fen=order.due_fen,
            coupon_fen=order.coupon_fen,
            subsidy_fen=order.subsidy_fen,
            voucher_fen=order.voucher_fen,
            voucher=spelled(code) if code else None,
            institution=paid_by,
            receipt=number,
        )
        for order, programme_id, title, code, paid_by, number in rows
    ]


def vouchers_of(session: Session, enrollment_ids: Collection[int]) -> dict[int, str]:
    """Return the codes of the training vouchers that pay for enrollments, by enrollment."""
    rows = session.execute(
        select(Enrollment.id, Voucher.code)
        .join(CourseOrder, CourseOrder.enrollment_id == Enrollment.id)
        .join(Redemption, Redemption.order_id == CourseOrder.id)
        .join(Voucher, Voucher.id == Redemption.voucher_id)
        .where(
            among(Enrollment.id, "enrollments"),
            Redemption.kind == VoucherKind.VOUCHER,
            Redemption.used_at.is_not(None),
            Redemption.given_back_at.is_(None),
        ),
        {"enrollments": sorted(enrollment_ids)},
    )
    return {enrollment_id: spelled(code) for enrollment_id, code in rows}


def _receipt() -> ScalarSelect[str]:
    return (
        select(Receipt.number)
        .join(OrderPayment, OrderPayment.id == Receipt.payment_id)
        .where(OrderPayment.order_id == CourseOrder.id)
        .order_by(Receipt.id)
        .limit(1)
        .scalar_subquery()
    )


def _voucher() -> ScalarSelect[str]:
    return (
        select(Voucher.code)
        .join(Redemption, Redemption.voucher_id == Voucher.id)
        .where(
            Redemption.order_id == CourseOrder.id,
            Redemption.kind == VoucherKind.VOUCHER,
            Redemption.used_at.is_not(None),
        )
        .limit(1)
        .scalar_subquery()
    )
