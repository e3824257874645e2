"""Packages: who ordered which learners and why, the file that was made, when it went out."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base


class Handover(Base):
    """One package that somebody ordered; how far it is stands in its job.

    It holds one learner, or ``wanted`` of those who fit the filters, drawn by ``seed`` among the
    records up to ``upto``. ``scopes`` are the asker's when they asked.
    """

    __tablename__ = "handover"
    __table_args__ = (
        CheckConstraint("(learner_id IS NULL) = (seed IS NOT NULL)", name="chosen"),
        CheckConstraint(
            "(seed IS NULL) = (wanted IS NULL) AND (seed IS NULL) = (upto IS NULL)", name="drawn"
        ),
        CheckConstraint("wanted BETWEEN 1 AND 500", name="wanted"),
        CheckConstraint(
            "(sha256 IS NULL) = (path IS NULL) AND (manifest_sha256 IS NULL) = (path IS NULL)",
            name="made",
        ),
        CheckConstraint("downloaded_at IS NULL OR path IS NOT NULL", name="downloaded"),
        Index("ix_handover_mine", "requested_by_id", "created_at"),
        Index("ix_handover_expiry", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    learner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    seed: Mapped[str | None] = mapped_column(String(40))
    wanted: Mapped[int | None]
    upto: Mapped[int | None]
    filters: Mapped[dict[str, Any]]
    scopes: Mapped[list[Any]]
    purpose: Mapped[str] = mapped_column(String(200))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    people_total: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    manifest_sha256: Mapped[str | None] = mapped_column(String(64))
    byte_size: Mapped[int | None]
    path: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    downloaded_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
