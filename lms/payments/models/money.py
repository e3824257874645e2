"""Money that came in for orders and went back: facts that are added and never changed."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of
from lms.db.ddl import refuse
from lms.payments.domain.orders import DisputeState, ProviderName, RefundState


class OrderPayment(Base):
    """A payment as a provider names it; whose it is and how much may become known later.

    For of a refund or a dispute the site may hear before it hears of the payment.
    """

    __tablename__ = "order_payment"
    __table_args__ = (
        one_of("provider", ProviderName),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(order_id IS NULL) = (amount_fen IS NULL)", name="whose"),
        CheckConstraint("(order_id IS NULL) = (recorded_at IS NULL)", name="recorded"),
        UniqueConstraint("provider", "ref"),
        Index("ix_order_payment_order", "order_id"),
        Index("ix_order_payment_recorded", "recorded_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    provider: Mapped[str] = mapped_column(String(6))
    ref: Mapped[str] = mapped_column(String(100))
    heard_at: Mapped[datetime]
    order_id: Mapped[int | None] = mapped_column(ForeignKey("course_order.id"))
    amount_fen: Mapped[int | None]
    method: Mapped[str | None] = mapped_column(String(20))
    recorded_at: Mapped[datetime | None]


class Refund(Base):
    """Money on its way back, all of a payment or a part.

    ``key`` is what we called it when we asked; one made at the provider's own desk has none, and
    nobody of ours who asked. ``ref`` is what the provider calls it.
    """

    __tablename__ = "order_refund"
    __table_args__ = (
        one_of("state", RefundState),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("key IS NOT NULL OR ref IS NOT NULL", name="named"),
        CheckConstraint("(key IS NULL) = (asked_by_id IS NULL)", name="asked"),
        CheckConstraint("(key IS NULL) = (reason IS NULL)", name="reasoned"),
        CheckConstraint("state IN ('asked', 'failed') OR ref IS NOT NULL", name="known"),
        CheckConstraint("fault IS NULL OR state = 'failed'", name="fault"),
        CheckConstraint(
            "(state IN ('succeeded', 'failed')) = (settled_at IS NOT NULL)", name="over"
        ),
        UniqueConstraint("payment_id", "ref"),
        index_where("ix_order_refund_counted", "counted_at", where="counted_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("order_payment.id"))
    key: Mapped[str | None] = mapped_column(String(36), unique=True)
    ref: Mapped[str | None] = mapped_column(String(100))
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(9))
    reason: Mapped[str | None] = mapped_column(String(200))
    # What the provider said where it would not.
    fault: Mapped[str | None] = mapped_column(String(80))
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    asked_at: Mapped[datetime]
    settled_at: Mapped[datetime | None]
    # When the order took note of it; of a refund it may hear before the payment.
    counted_at: Mapped[datetime | None]


class Dispute(Base):
    """What a payer's bank asks back, and how it was decided."""

    __tablename__ = "order_dispute"
    __table_args__ = (
        one_of("state", DisputeState),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("(state = 'open') = (closed_at IS NULL)", name="closed"),
        UniqueConstraint("payment_id", "ref"),
        index_where("ix_order_dispute_counted", "counted_at", where="counted_at IS NOT NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("order_payment.id"))
    ref: Mapped[str] = mapped_column(String(100))
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(4), default=DisputeState.OPEN)
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    counted_at: Mapped[datetime | None]


_payments, _refunds, _disputes = (
    cast(Table, model.__table__) for model in (OrderPayment, Refund, Dispute)
)
refuse(
    _payments,
    "UPDATE",
    condition=(
        "NEW.provider <> OLD.provider OR NEW.ref <> OLD.ref OR NEW.heard_at <> OLD.heard_at "
        "OR OLD.order_id IS NOT NULL"
    ),
)
refuse(
    _refunds,
    "UPDATE",
    condition=(
        "NEW.payment_id <> OLD.payment_id OR NEW.amount_fen <> OLD.amount_fen "
        "OR coalesce(NEW.key, '') <> coalesce(OLD.key, '') "
        "OR (OLD.ref IS NOT NULL AND NEW.ref <> OLD.ref) "
        "OR (OLD.counted_at IS NOT NULL AND NEW.counted_at IS NULL) "
        "OR (OLD.state = 'failed' AND NEW.state <> 'failed') "
        "OR (OLD.state = 'succeeded' AND NEW.state NOT IN ('succeeded', 'failed'))"
    ),
)
refuse(
    _disputes,
    "UPDATE",
    condition=(
        "NEW.payment_id <> OLD.payment_id OR NEW.ref <> OLD.ref "
        "OR NEW.amount_fen <> OLD.amount_fen "
        "OR (OLD.state <> 'open' AND (NEW.state <> OLD.state OR OLD.counted_at IS NOT NULL))"
    ),
)
# We never ask for more than came in; what was given back at the provider's own desk is a fact.
refuse(
    _refunds,
    "INSERT",
    condition=(
        "NEW.key IS NOT NULL AND NEW.amount_fen + (SELECT coalesce(sum(amount_fen), 0) "
        "FROM order_refund WHERE payment_id = NEW.payment_id AND state <> 'failed') > "
        "(SELECT coalesce(amount_fen, 0) FROM order_payment WHERE id = NEW.payment_id)"
    ),
)
for _table in (_payments, _refunds, _disputes):
    refuse(_table, "DELETE", condition="")
