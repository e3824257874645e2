"""Exports: who asked for which list and why, the file that was made, and when it went out."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of
from lms.roster.domain.orders import ExportFormat, ExportKind


class Export(Base):
    """One list that somebody asked for; how far it is stands in its job.

    ``scopes`` are the asker's when they asked: a grant that comes later adds nothing to the list.
    """

    __tablename__ = "export"
    __table_args__ = (
        one_of("kind", (ExportKind.COMPLETIONS,)),
        one_of("format", (ExportFormat.XLSX, ExportFormat.CSV)),
        one_of("language", ("zh", "en")),
        CheckConstraint("(sha256 IS NULL) = (path IS NULL)", name="made"),
        CheckConstraint("downloaded_at IS NULL OR path IS NOT NULL", name="downloaded"),
        Index("ix_export_mine", "requested_by_id", "created_at"),
        Index("ix_export_expiry", "expires_at"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(4))
    language: Mapped[str] = mapped_column(String(2))
    filters: Mapped[dict[str, Any]]
    scopes: Mapped[list[Any]]
    purpose: Mapped[str] = mapped_column(String(200))
    requested_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    job_id: Mapped[str | None] = mapped_column(ForeignKey("job.id"))
    rows_total: Mapped[int | None]
    sha256: Mapped[str | None] = mapped_column(String(64))
    byte_size: Mapped[int | None]
    path: Mapped[str | None] = mapped_column(String(80))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    downloaded_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
