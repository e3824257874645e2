"""Payment batches and the payments in them: what went to the bank, and what came of it."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import refuse
from lms.subsidy.domain.payments import BatchState, PaymentState


class PaymentBatch(Base):
    """Payments that go to the bank or the finance office together; two people let them go.

    ``month`` is written ``2026-07``. ``rows`` and ``total_fen`` are what was released.
    """

    __tablename__ = "payment_batch"
    __table_args__ = (
        one_of("state", BatchState),
        CheckConstraint("released_by_id <> prepared_by_id", name="two"),
        CheckConstraint("(released_at IS NULL) = (released_by_id IS NULL)", name="released_by"),
        CheckConstraint(
            "(state IN ('released', 'settled')) = (released_at IS NOT NULL)", name="released"
        ),
        CheckConstraint("(state = 'settled') = (settled_at IS NOT NULL)", name="settled"),
        CheckConstraint("rows >= 0 AND total_fen >= 0", name="sums"),
        Index("ix_payment_batch_county", "county_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(20), unique=True)
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    month: Mapped[str] = mapped_column(String(7))
    state: Mapped[str] = mapped_column(String(10), default=BatchState.PREPARED)
    rows: Mapped[int] = mapped_column(default=0)
    total_fen: Mapped[int] = mapped_column(default=0)
    prepared_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    prepared_at: Mapped[datetime]
    released_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    released_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]


class SubsidyPayment(Base):
    """One transfer for a claim: which instalment, the how-maniest try, and what the bank said.

    Of an instalment one transfer is under way or paid. ``paid_on`` and ``returned_on`` are days of
    the bank.
    """

    __tablename__ = "subsidy_payment"
    __table_args__ = (
        one_of("state", PaymentState),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("instalment BETWEEN 1 AND 24", name="instalment"),
        CheckConstraint("(state = 'returned') = (returned_on IS NOT NULL)", name="returned"),
        CheckConstraint("state <> 'paid' OR paid_on IS NOT NULL", name="paid"),
        CheckConstraint("(returned_on IS NULL) = (return_reason IS NULL)", name="returned_why"),
        UniqueConstraint("batch_id", "claim_id", "instalment"),
        UniqueConstraint("claim_id", "instalment", "try_number"),
        unique_where(
            "uq_subsidy_payment_live",
            *("claim_id", "instalment"),
            where="state IN ('planned', 'sent', 'paid')",
        ),
        Index("ix_subsidy_payment_batch", "batch_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("payment_batch.id"))
    claim_id: Mapped[int] = mapped_column(ForeignKey("subsidy_claim.id"))
    instalment: Mapped[int]
    try_number: Mapped[int]
    amount_fen: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default=PaymentState.PLANNED)
    account_mask: Mapped[str] = mapped_column(String(19))
    account_index: Mapped[str] = mapped_column(String(64))
    bank: Mapped[str] = mapped_column(String(60))
    planned_at: Mapped[datetime]
    paid_on: Mapped[date | None] = mapped_column(Date)
    returned_on: Mapped[date | None] = mapped_column(Date)
    return_reason: Mapped[str | None] = mapped_column(String(200))
    settled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    settled_at: Mapped[datetime | None]


_payments = cast(Table, SubsidyPayment.__table__)
_FIXED = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in (
        *("batch_id", "claim_id", "instalment", "try_number", "amount_fen", "account_index"),
        *("account_mask", "planned_at"),
    )
)
_ON = (
    "(OLD.state = 'planned' AND NEW.state IN ('sent', 'cancelled')) "
    "OR (OLD.state = 'sent' AND NEW.state IN ('paid', 'returned')) "
    "OR (OLD.state = 'paid' AND NEW.state = 'returned')"
)
refuse(_payments, "UPDATE", condition=f"{_FIXED} OR NOT ({_ON})")
refuse(_payments, "DELETE", condition="")
_batches = cast(Table, PaymentBatch.__table__)
_GIVEN = " OR ".join(
    f"NEW.{name} <> OLD.{name}"
    for name in ("number", "county_code", "month", "prepared_by_id", "prepared_at")
)
_GONE_OUT = " OR ".join(
    f"NEW.{name} <> OLD.{name}" for name in ("rows", "total_fen", "released_by_id", "released_at")
)
refuse(
    _batches,
    "UPDATE",
    condition=(
        f"{_GIVEN} OR OLD.state = 'cancelled' "
        f"OR (OLD.state IN ('released', 'settled') AND ({_GONE_OUT} "
        "OR NEW.state NOT IN ('released', 'settled')))"
    ),
)
refuse(_batches, "DELETE", condition="")
