"""Reads exports together with how far their jobs are."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import Session

from lms.jobs.models import Job, JobState
from lms.roster.domain.orders import ExportState, export_state
from lms.roster.models import Export

_SHOWN = 20


@dataclass(frozen=True, slots=True)
class ExportView:
    """An export as its owner sees it."""

    id: str
    kind: str
    format: str
    purpose: str
    filters: Mapping[str, str]
    state: ExportState
    rows_done: int
    rows_total: int
    sha256: str | None
    byte_size: int | None
    created_at: datetime
    expires_at: datetime
    downloaded_at: datetime | None
    error_code: str | None
    error_text: str | None

    @property
    def is_open(self) -> bool:
        """Tell whether the file is still being made."""
        return self.state in (ExportState.QUEUED, ExportState.RUNNING)

    @property
    def is_ready(self) -> bool:
        """Tell whether the file can be downloaded."""
        return self.state is ExportState.DONE and self.downloaded_at is None


def own_export(
    session: Session, *, export_id: str, person_id: int, at: datetime
) -> ExportView | None:
    """Return the person's own export."""
    row = session.execute(_views(person_id).where(Export.id == export_id)).one_or_none()
    return _view(row, at) if row else None


def own_exports(session: Session, *, person_id: int, at: datetime) -> list[ExportView]:
    """Return the person's latest exports that are not over, newest first."""
    rows = session.execute(
        _views(person_id)
        .where(Export.expires_at > at)
        .order_by(Export.created_at.desc(), Export.id)
        .limit(_SHOWN)
    )
    return [_view(row, at) for row in rows]


def open_exports(session: Session, person_id: int) -> int:
    """Return how many of the person's exports are still being made."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Export)
            .join(Job, Job.id == Export.job_id)
            .where(
                Export.requested_by_id == person_id,
                Job.state.in_((JobState.QUEUED, JobState.RUNNING)),
            )
        )
        or 0
    )


def expired(session: Session, at: datetime) -> list[tuple[str, str]]:
    """Return id and file name of exports whose days are over and whose files may still lie there.

    A thousand at most; the next round finds the others.
    """
    rows = session.execute(
        select(Export.id, Export.path)
        .where(Export.expires_at <= at, Export.path.is_not(None), Export.removed_at.is_(None))
        .limit(1000)
    )
    return [(export_id, name) for export_id, name in rows if name is not None]


def _views(person_id: int) -> Select[*tuple[Any, ...]]:
    return (
        select(Export, Job.state, Job.done, Job.total, Job.error_code, Job.error_text)
        .join(Job, Job.id == Export.job_id)
        .where(Export.requested_by_id == person_id)
    )


def _view(row: Row[*tuple[Any, ...]], at: datetime) -> ExportView:
    export, state, done, total, error_code, error_text = row
    made = export.rows_total
    return ExportView(
        id=export.id,
        kind=export.kind,
        format=export.format,
        purpose=export.purpose,
        filters=export.filters,
        state=export_state(state, is_over=export.expires_at <= at),
        rows_done=done if made is None else made,
        rows_total=total if made is None else made,
        sha256=export.sha256,
        byte_size=export.byte_size,
        created_at=export.created_at,
        expires_at=export.expires_at,
        downloaded_at=export.downloaded_at,
        error_code=error_code,
        error_text=error_text,
    )
