"""The inbox of what providers told: each message once, and what came of it."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, OptionalJson, index_where, one_of
from lms.db.ddl import refuse
from lms.payments.domain.inbox import Outcome
from lms.payments.domain.orders import ProviderName


class ProviderMessage(Base):
    """One message of a provider by the name it gave it, and what came of it.

    ``seen`` is what it says of the page, refund or dispute; a payer's name or address that stood
    in it is not kept. ``why`` is the code of what was wrong with a parked one.
    """

    __tablename__ = "provider_message"
    __table_args__ = (
        one_of("provider", ProviderName),
        one_of("outcome", Outcome),
        CheckConstraint("(outcome = 'parked') = (why IS NOT NULL)", name="why"),
        CheckConstraint("(handled_at IS NULL) = (handled_by_id IS NULL)", name="handled"),
        CheckConstraint("handled_at IS NULL OR outcome = 'parked'", name="parked"),
        Index("ix_provider_message_order", "order_number"),
        Index("ix_provider_message_payment", "payment_ref"),
        index_where(
            "ix_provider_message_parked",
            "received_at",
            where="outcome = 'parked' AND handled_at IS NULL",
        ),
    )

    id: Mapped[str] = mapped_column(String(120), primary_key=True)
    provider: Mapped[str] = mapped_column(String(6))
    kind: Mapped[str] = mapped_column(String(80))
    told_at: Mapped[datetime]
    received_at: Mapped[datetime]
    order_number: Mapped[str | None] = mapped_column(String(20))
    payment_ref: Mapped[str | None] = mapped_column(String(100))
    seen: Mapped[dict[str, Any] | None] = mapped_column(OptionalJson)
    outcome: Mapped[str] = mapped_column(String(8))
    why: Mapped[str | None] = mapped_column(String(40))
    handled_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    handled_at: Mapped[datetime | None]


_messages = cast(Table, ProviderMessage.__table__)
refuse(
    _messages,
    "UPDATE",
    condition=(
        "NEW.id <> OLD.id OR NEW.provider <> OLD.provider OR NEW.kind <> OLD.kind "
        "OR NEW.told_at <> OLD.told_at OR NEW.received_at <> OLD.received_at "
        # What waited is settled once; what was parked is looked at once.
        "OR (NEW.outcome <> OLD.outcome AND OLD.outcome <> 'waiting') "
        "OR OLD.handled_at IS NOT NULL"
    ),
)
refuse(_messages, "DELETE", condition="")
