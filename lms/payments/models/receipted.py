"""Receipts of money that came in, numbered without a gap, and how far each series is."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, Localized
from lms.db.ddl import append_only, refuse


class ReceiptSeries(Base):
    """How many receipts a county gave in a year; whoever gives the next waits for this row."""

    __tablename__ = "receipt_series"
    __table_args__ = (CheckConstraint("last >= 1", name="last"),)

    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class Receipt(Base):
    """The receipt of a payment, with the words that stood on it that day.

    What was paid, how and for which order stands with the payment and the order, which do not
    change either. The name is the person's: it goes when all that says who they were goes.
    """

    __tablename__ = "order_receipt"
    __table_args__ = (
        CheckConstraint("serial >= 1", name="serial"),
        UniqueConstraint("county_code", "year", "serial"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    payment_id: Mapped[int] = mapped_column(ForeignKey("order_payment.id"), unique=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    year: Mapped[int]
    serial: Mapped[int]
    number: Mapped[str] = mapped_column(String(24), unique=True)
    issued_at: Mapped[datetime]
    county: Mapped[Localized]
    course: Mapped[Localized]
    training_class: Mapped[str | None] = mapped_column(String(80))


_series, _receipts = (cast(Table, model.__table__) for model in (ReceiptSeries, Receipt))
# No number is left out, none is given for money that did not come in, and it says what it is.
_NEXT = (
    "(SELECT coalesce(max(serial), 0) + 1 FROM order_receipt "
    "WHERE county_code = NEW.county_code AND year = NEW.year)"
)
_MONEY = (
    "(SELECT 1 FROM order_payment JOIN course_order ON course_order.id = order_payment.order_id "
    "WHERE order_payment.id = NEW.payment_id AND course_order.county_code = NEW.county_code)"
)
_SAID = "NEW.county_code || '-' || NEW.year || '-%' || NEW.serial"
refuse(
    _receipts,
    "INSERT",
    condition=f"NEW.serial <> {_NEXT} OR NOT EXISTS {_MONEY} OR NEW.number NOT LIKE {_SAID}",
)
append_only(_receipts)
refuse(
    _series,
    "UPDATE",
    condition=(
        "NEW.county_code <> OLD.county_code OR NEW.year <> OLD.year OR NEW.last <> OLD.last + 1"
    ),
)
refuse(_series, "DELETE", condition="")
