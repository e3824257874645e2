"""Orders: who takes what for how much, and the promise that no seat that costs money is free."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import after_create, refuse
from lms.enrollment.models import Enrollment
from lms.payments.domain.orders import Ending, OrderState, Payer, ProviderName
from lms.payments.domain.vouchers import VoucherKind

_TAKEN = "('paid', 'part_refunded', 'refunded', 'disputed')"


class CourseOrder(Base):
    """What somebody takes for how much, in fen, as it was when they ordered.

    ``page_ref`` is what the provider calls the page on which it is paid. ``seat_ended_at`` is when
    the seat was taken back because the money went back.
    """

    __tablename__ = "course_order"
    __table_args__ = (
        one_of("state", OrderState),
        one_of("ending", Ending),
        one_of("payer", Payer),
        one_of("provider", ProviderName),
        CheckConstraint("currency = 'CNY'", name="currency"),
        CheckConstraint(
            "coupon_fen >= 0 AND voucher_fen >= 0 AND subsidy_fen >= 0 AND due_fen >= 0",
            name="amounts",
        ),
        CheckConstraint("list_fen = coupon_fen + voucher_fen + subsidy_fen + due_fen", name="sum"),
        CheckConstraint("(due_fen = 0) = (provider = 'none')", name="nothing_due"),
        CheckConstraint(f"(state IN {_TAKEN}) = (paid_at IS NOT NULL)", name="paid"),
        CheckConstraint("(state = 'open') = (paid_at IS NULL AND ended_at IS NULL)", name="open"),
        CheckConstraint("(ending IS NULL) = (ended_at IS NULL)", name="ended"),
        CheckConstraint(
            "state NOT IN ('expired', 'cancelled') OR ending IS NOT NULL", name="ending_said"
        ),
        CheckConstraint("enrollment_id IS NULL OR paid_at IS NOT NULL", name="seat"),
        CheckConstraint("seat_ended_at IS NULL OR paid_at IS NOT NULL", name="seat_ended"),
        unique_where("uq_course_order_open", *("person_id", "course_id"), where="state = 'open'"),
        Index("ix_course_order_own", "person_id", "id"),
        Index("ix_course_order_desk", "county_code", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    course_id: Mapped[int] = mapped_column(ForeignKey("course.id"))
    training_class_id: Mapped[int | None] = mapped_column(ForeignKey("training_class.id"))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    state: Mapped[str] = mapped_column(String(13), default=OrderState.OPEN)
    list_fen: Mapped[int]
    coupon_fen: Mapped[int] = mapped_column(default=0)
    voucher_fen: Mapped[int] = mapped_column(default=0)
    subsidy_fen: Mapped[int] = mapped_column(default=0)
    due_fen: Mapped[int]
    currency: Mapped[str] = mapped_column(String(3), default="CNY")
    payer: Mapped[str] = mapped_column(String(11), default=Payer.LEARNER)
    provider: Mapped[str] = mapped_column(String(6))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    # The payer is done, their bank is not: such an order runs out for nobody.
    awaiting_at: Mapped[datetime | None]
    page_ref: Mapped[str | None] = mapped_column(String(100), unique=True)
    page_address: Mapped[str | None] = mapped_column(String(600))
    ending: Mapped[str | None] = mapped_column(String(9))
    ended_at: Mapped[datetime | None]
    paid_at: Mapped[datetime | None]
    enrollment_id: Mapped[int | None] = mapped_column(ForeignKey("enrollment.id"), unique=True)
    seat_ended_at: Mapped[datetime | None]


_orders = cast(Table, CourseOrder.__table__)
_AS_ORDERED = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in (
        *("number", "person_id", "course_id", "county_code", "currency", "payer", "created_at"),
        *("list_fen", "coupon_fen", "voucher_fen", "subsidy_fen", "due_fen", "expires_at"),
    )
)
_SAID_ONCE = " OR ".join(
    f"(OLD.{name} IS NOT NULL AND (NEW.{name} IS NULL OR NEW.{name} <> OLD.{name}))"
    for name in ("page_ref", "ending", "ended_at", "paid_at")
)
# What was paid is paid: whoever left the course comes back on the same order.
_LEFT = (
    "(SELECT 1 FROM enrollment WHERE id = {order}.enrollment_id "
    "AND status IN ('withdrawn', 'cancelled'))"
)
_SEAT_KEPT = (
    "(OLD.enrollment_id IS NOT NULL AND (NEW.enrollment_id IS NULL "
    f"OR (NEW.enrollment_id <> OLD.enrollment_id AND NOT EXISTS {_LEFT.format(order='OLD')})))"
)
# Nobody says that money came in but the money.
_NOT_PAID = (
    "(NEW.paid_at IS NOT NULL AND NEW.due_fen > 0 AND NEW.due_fen > "
    "(SELECT coalesce(max(amount_fen), 0) FROM order_payment WHERE order_id = NEW.id))"
)
# Nothing is taken off the price but by a code or by the county.
_NO_CODE = " OR ".join(
    f"(NEW.{kind}_fen > 0 AND NOT EXISTS (SELECT 1 FROM redemption WHERE order_id = NEW.id "  # noqa: S608 (words of ours)
    f"AND kind = '{kind}' AND amount_fen = NEW.{kind}_fen))"
    for kind in VoucherKind
)
_NO_SHARE = (
    "(NEW.subsidy_fen > 0 AND NOT EXISTS (SELECT 1 FROM county_share "
    "WHERE county_code = NEW.county_code AND course_id = NEW.course_id "
    "AND ended_at IS NULL AND share_fen >= NEW.subsidy_fen))"
)
_TAKEN_OFF = f"(NEW.paid_at IS NOT NULL AND OLD.paid_at IS NULL AND ({_NO_CODE}))"
refuse(_orders, "INSERT", condition=f"NEW.paid_at IS NOT NULL OR {_NO_SHARE}")
refuse(
    _orders,
    "UPDATE",
    condition=f"{_AS_ORDERED} OR {_SAID_ONCE} OR {_SEAT_KEPT} OR {_NOT_PAID} OR {_TAKEN_OFF}",
)
refuse(_orders, "DELETE", condition="")

# A seat in a course that costs money rests on an order whose money came in and has no seat yet.
_UNPAID = " ".join(
    (
        "EXISTS (SELECT 1 FROM course WHERE id = NEW.course_id AND price_fen > 0)",
        "AND NOT EXISTS (SELECT 1 FROM course_order WHERE person_id = NEW.person_id",
        "AND course_id = NEW.course_id AND paid_at IS NOT NULL AND seat_ended_at IS NULL",
        "AND (enrollment_id IS NULL OR EXISTS",
        _LEFT.format(order="course_order") + "))",
    )
)
_TEXT = "this course has to be paid for"
after_create(
    _orders,
    sqlite=(
        "CREATE TRIGGER enrollment_paid BEFORE INSERT ON enrollment FOR EACH ROW "
        f"WHEN {_UNPAID} BEGIN SELECT RAISE(ABORT, '{_TEXT}'); END"
    ),
    postgresql=(
        "CREATE FUNCTION enrollment_paid() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        f"IF {_UNPAID} THEN RAISE EXCEPTION '{_TEXT}' USING ERRCODE = '23514'; END IF; "
        "RETURN NEW; END $$; "
        f"CREATE TRIGGER enrollment_paid BEFORE INSERT ON {Enrollment.__tablename__} "
        "FOR EACH ROW EXECUTE FUNCTION enrollment_paid()"
    ),
)
