"""Reads exports together with how far their jobs are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from lms.delivery import queries as deliveries
from lms.delivery.domain import DeliveryKind
from lms.delivery.models import Delivery
from lms.delivery.queries import Standing
from lms.roster.domain.filters import Text
from lms.roster.domain.kinds import TITLES, ExportKind
from lms.roster.models import Export, RosterBatch

_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportView(Standing):
    """An export as its owner sees it."""

    kind: str
    format: str
    filters: Mapping[str, str]
    rows_made: int | None
    batch_id: int | None
    batch_number: int | None
    left_masked: int | None

    @property
    def title(self) -> Text:
        """Return what the list is called."""
        return TITLES[ExportKind(self.kind)]

    @property
    def rows_done(self) -> int:
        """Return how many rows are written."""
        return self.done if self.rows_made is None else self.rows_made

    @property
    def rows_total(self) -> int:
        """Return how many rows there will be, as far as that is known."""
        return self.total if self.rows_made is None else self.rows_made


def own_export(
    session: Session, *, export_id: str, person_id: int, at: datetime
) -> ExportView | None:
    """Return the person's own export."""
    row = session.execute(_views(person_id).where(Export.id == export_id)).one_or_none()
    return _view(row, at) if row else None


def own_exports(session: Session, *, person_id: int, at: datetime) -> list[ExportView]:
    """Return the person's latest exports that are not over, newest first."""
    rows = session.execute(deliveries.newest(_views(person_id), at, limit=_SHOWN))
    return [_view(row, at) for row in rows]


def _views(person_id: int) -> Select[*tuple[Any, ...]]:
    exports = (
        select(Export, RosterBatch.number)
        .join(Delivery, Delivery.id == Export.id)
        .outerjoin(RosterBatch, RosterBatch.id == Export.batch_id)
    )
    return deliveries.with_jobs(exports, DeliveryKind.EXPORT, person_id)


def _view(row: Sequence[Any], at: datetime) -> ExportView:
    export, batch_number, delivery, job = row
    return ExportView(
        **deliveries.standing(delivery, job, at),
        kind=export.kind,
        format=export.format,
        filters=export.filters,
        rows_made=export.rows_total,
        batch_id=export.batch_id,
        batch_number=batch_number,
        left_masked=export.left_masked,
    )
