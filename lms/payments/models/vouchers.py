"""Vouchers and coupons: batches of codes, and for which order each was used."""

from datetime import date, datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of, unique_where
from lms.db.ddl import refuse
from lms.payments.domain.vouchers import MOST_CODES, MOST_EACH, MOST_FEN, VoucherKind

# What counts to the limits of a person.
COUNTS = "freed_at IS NULL AND given_back_at IS NULL"


class VoucherBatch(Base):
    """Codes that were issued together, on the same terms; each is worth ``worth_fen``.

    ``key`` is the form's, so that a batch that is sent twice is issued once.
    """

    __tablename__ = "voucher_batch"
    __table_args__ = (
        one_of("kind", VoucherKind),
        CheckConstraint(f"worth_fen BETWEEN 1 AND {MOST_FEN}", name="worth"),
        CheckConstraint(f"code_count BETWEEN 1 AND {MOST_CODES}", name="count"),
        CheckConstraint(f"per_person BETWEEN 1 AND {MOST_EACH}", name="per_person"),
        CheckConstraint("first_day <= last_day", name="days"),
        CheckConstraint("course_id IS NULL OR programme_id IS NULL", name="for_what"),
        CheckConstraint("(stopped_at IS NULL) = (stopped_by_id IS NULL)", name="stopped"),
        Index("ix_voucher_batch_desk", "county_code", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    kind: Mapped[str] = mapped_column(String(7))
    county_code: Mapped[str] = mapped_column(ForeignKey("county.code"))
    title: Mapped[str] = mapped_column(String(60))
    worth_fen: Mapped[int]
    code_count: Mapped[int]
    per_person: Mapped[int]
    first_day: Mapped[date]
    last_day: Mapped[date]
    course_id: Mapped[int | None] = mapped_column(ForeignKey("course.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    issued_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    issued_at: Mapped[datetime]
    stopped_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    stopped_at: Mapped[datetime | None]


class Voucher(Base):
    """One code; whoever has it may use it, so that it can be handed out on paper."""

    __tablename__ = "voucher"
    __table_args__ = (
        CheckConstraint("place >= 1", name="place"),
        UniqueConstraint("batch_id", "place"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    batch_id: Mapped[int] = mapped_column(ForeignKey("voucher_batch.id"))
    # The how-maniest of its batch.
    place: Mapped[int]
    code: Mapped[str] = mapped_column(String(12), unique=True)


class Redemption(Base):
    """A code that somebody put in for an order, and what it took off the price.

    It is kept for the order until that is paid (``used_at``) or over (``freed_at``). ``turn``
    counts the codes of the batch one person used; kind, batch and programme are those of the code
    and the course, so that the database itself can hold people to their limits.
    """

    __tablename__ = "redemption"
    __table_args__ = (
        one_of("kind", VoucherKind),
        CheckConstraint("amount_fen > 0", name="amount"),
        CheckConstraint("turn >= 1", name="turn"),
        CheckConstraint("used_at IS NULL OR freed_at IS NULL", name="either"),
        CheckConstraint("given_back_at IS NULL OR used_at IS NOT NULL", name="given_back"),
        UniqueConstraint("order_id", "kind"),
        unique_where("uq_redemption_voucher", "voucher_id", where="freed_at IS NULL"),
        unique_where("uq_redemption_turn", *("batch_id", "person_id", "turn"), where=COUNTS),
        # The same training is not paid for twice with public money.
        unique_where(
            "uq_redemption_programme",
            *("person_id", "programme_id"),
            where=f"kind = 'voucher' AND {COUNTS}",
        ),
        Index("ix_redemption_list", "batch_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    voucher_id: Mapped[int] = mapped_column(ForeignKey("voucher.id"))
    batch_id: Mapped[int] = mapped_column(ForeignKey("voucher_batch.id"))
    kind: Mapped[str] = mapped_column(String(7))
    order_id: Mapped[int] = mapped_column(ForeignKey("course_order.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    programme_id: Mapped[int | None] = mapped_column(ForeignKey("programme.id"))
    turn: Mapped[int]
    amount_fen: Mapped[int]
    kept_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    freed_at: Mapped[datetime | None]
    given_back_at: Mapped[datetime | None]


_batches, _vouchers, _redemptions = (
    cast(Table, model.__table__) for model in (VoucherBatch, Voucher, Redemption)
)
# A batch is only ever stopped, and that once.
refuse(
    _batches,
    "UPDATE",
    condition=(
        " OR ".join(
            f"NEW.{name} <> OLD.{name}"
            for name in (
                *("key", "kind", "county_code", "title", "worth_fen", "code_count", "per_person"),
                *("first_day", "last_day", "issued_by_id", "issued_at"),
            )
        )
        + " OR coalesce(NEW.course_id, 0) <> coalesce(OLD.course_id, 0)"
        + " OR coalesce(NEW.programme_id, 0) <> coalesce(OLD.programme_id, 0)"
        + " OR OLD.stopped_at IS NOT NULL"
    ),
)
refuse(_batches, "DELETE", condition="")
refuse(_vouchers, "UPDATE", condition="")
refuse(_vouchers, "DELETE", condition="")
refuse(
    _vouchers,
    "INSERT",
    condition="NEW.place > (SELECT code_count FROM voucher_batch WHERE id = NEW.batch_id)",
)
# What is taken off the price is what the order says, and the code's own terms allow it. A row that
# lacks something is refused by its columns, or for whom it is of.
refuse(
    _redemptions,
    "INSERT",
    condition=(
        "NEW.voucher_id IS NOT NULL AND (NOT EXISTS (SELECT 1 FROM voucher "
        "JOIN voucher_batch ON voucher_batch.id = batch_id "
        "WHERE voucher.id = NEW.voucher_id AND batch_id = NEW.batch_id "
        "AND kind = NEW.kind AND NEW.turn <= per_person AND stopped_at IS NULL "
        "AND NEW.amount_fen <= worth_fen) OR NOT EXISTS (SELECT 1 FROM course_order "
        "JOIN course ON course.id = course_id WHERE course_order.id = NEW.order_id "
        "AND person_id = NEW.person_id AND paid_at IS NULL "
        "AND coalesce(programme_id, 0) = coalesce(NEW.programme_id, 0) AND NEW.amount_fen = "
        "CASE NEW.kind WHEN 'coupon' THEN coupon_fen ELSE voucher_fen END))"
    ),
)
refuse(
    _redemptions,
    "UPDATE",
    condition=(
        " OR ".join(
            f"NEW.{name} <> OLD.{name}"
            for name in (
                *("voucher_id", "batch_id", "kind", "order_id", "person_id", "turn"),
                *("amount_fen", "kept_at"),
            )
        )
        + " OR (OLD.used_at IS NOT NULL AND (NEW.used_at IS NULL OR NEW.used_at <> OLD.used_at))"
    ),
)
refuse(_redemptions, "DELETE", condition="")
