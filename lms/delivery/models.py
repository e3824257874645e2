"""Deliveries: who asked for which file and why, who approved it, what was made, when it went."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of
from lms.delivery.domain import DeliveryKind

# What waits for another person's approval; a query that says the same uses the index.
AWAITS = "is_unmasked AND approved_at IS NULL AND refused_at IS NULL AND stopped_at IS NULL"


class Delivery(Base):
    """One file that somebody ordered; how far it is stands in its job.

    ``scopes`` are the asker's when they asked: a grant that comes later adds nothing. What shows
    whole numbers (``is_unmasked``) has no job before somebody else approved it, and its file lies
    sealed by the key ``key_name``. Size and hash are those of the file that is handed out.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        one_of("kind", DeliveryKind),
        CheckConstraint(
            "(sha256 IS NULL) = (path IS NULL) AND (byte_size IS NULL) = (path IS NULL)",
            name="made",
        ),
        CheckConstraint("downloaded_at IS NULL OR path IS NOT NULL", name="downloaded"),
        CheckConstraint("path IS NULL OR (is_unmasked = (key_name IS NOT NULL))", name="sealed"),
        CheckConstraint(
            "NOT is_unmasked OR approved_at IS NOT NULL OR (path IS NULL AND job_id IS NULL)",
            name="approved_first",
        ),
        CheckConstraint("approved_by_id <> requested_by_id", name="approved_by_another"),
        CheckConstraint("refused_by_id <> requested_by_id", name="refused_by_another"),
        CheckConstraint("(approved_by_id IS NULL) = (approved_at IS NULL)", name="approved"),
        CheckConstraint(
            "(refused_by_id IS NULL) = (refused_at IS NULL) "
            "AND (refused_at IS NULL) = (refusal IS NULL)",
            name="refused",
        ),
        CheckConstraint("approved_at IS NULL OR refused_at IS NULL", name="ruled_once"),
        Index("ix_delivery_mine", "requested_by_id", "kind", "created_at"),
        index_where("ix_delivery_expiry", "expires_at", where="removed_at IS NULL"),
        index_where("ix_delivery_awaits", "kind", "created_at", where=AWAITS),
        Index("ix_delivery_job", "job_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    purpose: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[Any]]
    is_unmasked: Mapped[bool] = mapped_column(default=False)
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    sha256: Mapped[str | None] = mapped_column(String(64))
    byte_size: Mapped[int | None]
    path: Mapped[str | None] = mapped_column(String(80))
    key_name: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    downloaded_at: Mapped[datetime | None]
    stopped_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    approved_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    approved_at: Mapped[datetime | None]
    refused_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    refused_at: Mapped[datetime | None]
    refusal: Mapped[str | None] = mapped_column(String(200))
