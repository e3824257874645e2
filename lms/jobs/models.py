"""The job row: the intent, written in the caller's transaction, and how far it got."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from lms.db.base import Base, one_of


class JobState(StrEnum):
    """Where a job stands; ``failed`` is final and says why."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job(Base):
    """One piece of work with a stable id; handlers are idempotent, so it may be run again."""

    __tablename__ = "job"
    __table_args__ = (
        one_of("state", JobState),
        Index("ix_job_open", "state", "heartbeat_at"),
    )

    id: Mapped[str] = mapped_column(String(36), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[str] = mapped_column(String(60))
    args: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(12), default=JobState.QUEUED)
    owner_id: Mapped[int | None] = mapped_column(index=True)
    attempts: Mapped[int] = mapped_column(default=0)
    # How many of the attempts ended in a fault outside; the others are this one and deaths.
    faults: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    error_code: Mapped[str | None] = mapped_column(String(60))
    error_text: Mapped[str | None] = mapped_column(String(500))
    error_params: Mapped[dict[str, Any] | None]
    result: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime]
    # From when a job that has to wait or was put back may run; empty: at once.
    due_at: Mapped[datetime | None]
    heartbeat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
