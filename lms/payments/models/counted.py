"""Money taken at the counter of the office: one person takes it, another confirms."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import refuse
from lms.payments.domain.office import CounterKind
from lms.payments.models.money import OrderPayment


class CounterPayment(Base):
    """Cash or a transfer for an order, as somebody at the office wrote it down.

    It counts once another person confirmed it. ``paper`` is the number of the receipt written by
    hand or of the transfer.
    """

    __tablename__ = "counter_payment"
    __table_args__ = (
        one_of("kind", CounterKind),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("confirmed_by_id <> taken_by_id", name="two"),
        CheckConstraint("(confirmed_at IS NULL) = (confirmed_by_id IS NULL)", name="confirmed"),
        CheckConstraint("(dropped_at IS NULL) = (dropped_by_id IS NULL)", name="dropped"),
        CheckConstraint("confirmed_at IS NULL OR dropped_at IS NULL", name="either"),
        unique_where("uq_counter_payment_order", "order_id", where="dropped_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("course_order.id"))
    kind: Mapped[str] = mapped_column(String(8))
    amount_fen: Mapped[int]
    paper: Mapped[str] = mapped_column(String(60))
    # The institution, where one pays for the learner.
    paid_by: Mapped[str | None] = mapped_column(String(80))
    taken_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    taken_at: Mapped[datetime]
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    confirmed_at: Mapped[datetime | None]
    dropped_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    dropped_at: Mapped[datetime | None]


_counted, _payments = (cast(Table, model.__table__) for model in (CounterPayment, OrderPayment))
refuse(
    _counted,
    "UPDATE",
    condition=(
        "NEW.order_id <> OLD.order_id OR NEW.kind <> OLD.kind OR NEW.amount_fen <> OLD.amount_fen "
        "OR NEW.paper <> OLD.paper OR coalesce(NEW.paid_by, '') <> coalesce(OLD.paid_by, '') "
        "OR NEW.taken_by_id <> OLD.taken_by_id "
        "OR NEW.taken_at <> OLD.taken_at OR OLD.confirmed_at IS NOT NULL "
        "OR OLD.dropped_at IS NOT NULL"
    ),
)
refuse(_counted, "DELETE", condition="")
# The counter's money is money once two people say so.
refuse(
    _payments,
    "INSERT",
    condition=(
        "NEW.provider = 'office' AND NOT EXISTS (SELECT 1 FROM counter_payment "
        "WHERE order_id = NEW.order_id AND amount_fen = NEW.amount_fen "
        "AND confirmed_at IS NOT NULL)"
    ),
)
