"""Exports: which list was asked for in which form, and those made each month by themselves."""

from datetime import datetime
from typing import Any, cast

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Table
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, index_where, one_of, unique_where
from lms.db.ddl import refuse
from lms.delivery.models import Delivery
from lms.roster.domain.orders import ExportFormat, ExportKind
from lms.roster.domain.schedules import LAST_DAY, ScheduleEnd


class Export(Base):
    """One list that somebody asked for; who asked, and how far it is, stands in its delivery.

    ``rows_about`` is how many rows the list would have had when it was asked for, counted where
    somebody else has to approve it. One made by a schedule names the month it is of (``period``).
    One of a frozen roster names it, and how many numbers in its file stayed masked.
    """

    __tablename__ = "export"
    __table_args__ = (
        one_of("kind", ExportKind),
        one_of("format", ExportFormat),
        one_of("language", ("zh", "en")),
        CheckConstraint("(schedule_id IS NULL) = (period IS NULL)", name="scheduled"),
        CheckConstraint(
            "batch_id IS NULL OR (language = 'zh' AND schedule_id IS NULL)", name="frozen"
        ),
        CheckConstraint(
            "left_masked IS NULL OR (batch_id IS NOT NULL AND rows_total IS NOT NULL)", name="left"
        ),
        unique_where(
            "uq_export_schedule_period", "schedule_id", "period", where="schedule_id IS NOT NULL"
        ),
    )

    id: Mapped[str] = mapped_column(ForeignKey(Delivery.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(2))
    filters: Mapped[dict[str, Any]]
    rows_about: Mapped[int | None]
    rows_total: Mapped[int | None]
    schedule_id: Mapped[int | None] = mapped_column(ForeignKey("export_schedule.id"))
    period: Mapped[str | None] = mapped_column(String(7))
    batch_id: Mapped[int | None] = mapped_column(ForeignKey("roster_batch.id"))
    left_masked: Mapped[int | None]


refuse(
    cast(Table, Export.__table__),
    "INSERT",
    condition="NEW.batch_id IS NOT NULL AND NOT EXISTS "
    "(SELECT 1 FROM roster_batch WHERE id = NEW.batch_id AND state = 'frozen')",
)


class ExportSchedule(Base):
    """A list that is made for its owner each month, of the month before, until it is ended.

    ``last_period`` is the newest month that needs no list any more (``2026-05``).
    """

    __tablename__ = "export_schedule"
    __table_args__ = (
        one_of("kind", ExportKind),
        one_of("format", ExportFormat),
        one_of("language", ("zh", "en")),
        one_of("ended_why", ScheduleEnd),
        CheckConstraint(f"day_of_month BETWEEN 1 AND {LAST_DAY}", name="day"),
        CheckConstraint("(ended_at IS NULL) = (ended_why IS NULL)", name="ended"),
        Index("ix_export_schedule_owner", "owner_id", "id"),
        index_where("ix_export_schedule_goes_on", "last_period", where="ended_at IS NULL"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(12))
    language: Mapped[str] = mapped_column(String(2))
    filters: Mapped[dict[str, Any]]
    purpose: Mapped[str] = mapped_column(String(200))
    day_of_month: Mapped[int]
    last_period: Mapped[str] = mapped_column(String(7))
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_why: Mapped[str | None] = mapped_column(String(12))
