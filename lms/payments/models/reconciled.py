"""Reconciliations with a provider's own list: when, how much was looked at, and what differed."""

from datetime import datetime
from typing import cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.db.ddl import append_only, refuse
from lms.payments.domain.orders import ProviderName
from lms.payments.domain.reconciling import Differs


class Reconciliation(Base):
    """One reconciliation of what a provider lists since a moment with what the site knows.

    ``key`` is the job's, so that one that is run again goes on with the same. Sums are of payments
    that came in since, in fen, as each side has them.
    """

    __tablename__ = "reconciliation"
    __table_args__ = (
        one_of("provider", ProviderName),
        CheckConstraint("looked_at >= 0 AND repaired >= 0 AND differing >= 0", name="counts"),
        Index("ix_reconciliation_started", "started_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(80), unique=True)
    provider: Mapped[str] = mapped_column(String(6))
    since: Mapped[datetime]
    started_at: Mapped[datetime]
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    finished_at: Mapped[datetime | None]
    looked_at: Mapped[int] = mapped_column(default=0)
    repaired: Mapped[int] = mapped_column(default=0)
    differing: Mapped[int] = mapped_column(default=0)
    theirs_fen: Mapped[int] = mapped_column(default=0)
    ours_fen: Mapped[int] = mapped_column(default=0)


class Difference(Base):
    """One thing that differed: what was missed is repaired, what does not fit is shown."""

    __tablename__ = "reconciliation_difference"
    __table_args__ = (
        one_of("kind", Differs),
        Index("ix_reconciliation_difference_of", "reconciliation_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    reconciliation_id: Mapped[int] = mapped_column(ForeignKey("reconciliation.id"))
    kind: Mapped[str] = mapped_column(String(14))
    ref: Mapped[str] = mapped_column(String(100))
    order_number: Mapped[str | None] = mapped_column(String(20))
    amount_fen: Mapped[int | None]
    why: Mapped[str | None] = mapped_column(String(40))


_reconciliations = cast(Table, Reconciliation.__table__)
refuse(_reconciliations, "UPDATE", condition="OLD.finished_at IS NOT NULL")
refuse(_reconciliations, "DELETE", condition="")
append_only(cast(Table, Difference.__table__))
