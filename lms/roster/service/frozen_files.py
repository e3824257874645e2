"""Orders and writes files of frozen rosters: what was frozen, whatever became of it since."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from lms.accounts.service.opening import Opening, write_down_opening
from lms.core.access import Actor
from lms.core.errors import NotFound
from lms.db.session import Database, now
from lms.roster.domain.filters import Filters
from lms.roster.domain.frozen_words import origin_of
from lms.roster.domain.orders import ExportFormat, ExportKind, ExportOrder, FrozenOrder
from lms.roster.domain.sheets import Sheet
from lms.roster.models import RosterBatch
from lms.roster.queries import FrozenRows, Report
from lms.roster.service.files import write_rows, written_whole
from lms.roster.service.frozen import require_frozen
from lms.roster.service.templates import require_county


@dataclass(frozen=True, slots=True)
class FrozenFile:
    """Which file of which batch; with an ``opening`` one with whole numbers, and for whom."""

    batch_id: int
    form: ExportFormat
    opening: Opening | None = None
    watermark: str = ""


def as_order(session: Session, actor: Actor, wanted: FrozenOrder) -> ExportOrder:
    """Return the order for a file of a batch; what narrows the list was frozen with it.

    Raises ``NotFound`` out of reach and ``Conflict`` where the batch is not whole.
    """
    batch = session.get(RosterBatch, wanted.batch_id)
    if batch is None:
        raise NotFound
    require_county(actor, batch.county_code)
    require_frozen(batch)
    return ExportOrder(
        *(ExportKind(batch.kind), wanted.format, "zh", wanted.purpose),
        filters=Filters(county=batch.county_code),
        is_unmasked=wanted.is_unmasked,
        batch_id=batch.id,
    )


def write_frozen(
    database: Database, wanted: FrozenFile, target: Path, report: Report
) -> tuple[int, int]:
    """Write the file whole or not at all; return how many rows it has and numbers left masked.

    Raises ``GatewayError`` where the disk refuses.
    """
    with written_whole(database, target) as (session, part):
        batch = session.get_one(RosterBatch, wanted.batch_id)
        rows = FrozenRows(session, batch, opening=wanted.opening, report=report)
        if wanted.opening is not None:
            with database.transaction() as writing:
                at = now(writing)
                write_down_opening(writing, wanted.opening, rows=rows.total, now=at)
        sheet = Sheet(rows.template, "zh", now(session), wanted.watermark, origin_of(batch))
        write_rows(part, wanted.form, sheet, rows)
    return rows.written, rows.left_masked
