"""Makes the files of exports, and orders those that are due each month."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.accounts.gateway import keys_of
from lms.accounts.models import Person
from lms.accounts.service.opening import Opening
from lms.core.clock import local_day, local_time
from lms.db.session import Database, now
from lms.delivery.models import Delivery
from lms.delivery.service import scopes_of
from lms.delivery.tasks import deliver
from lms.jobs.tasks import JobContext
from lms.roster import queries, service
from lms.roster.domain.orders import ExportFormat, ExportKind
from lms.roster.forms import parse_filters
from lms.roster.models import Export
from lms.settings import Settings

# How many rows a file has, and how many numbers stayed masked where it was frozen.
_Made = tuple[int, int | None]


def make_export(context: JobContext) -> Mapping[str, Any]:
    """Make the file of the export named in the job; a second run of a finished one does nothing.

    Raises ``GatewayError`` where the disk refuses and ``JobCancelled`` where the owner stopped it;
    nothing is left behind then.
    """
    with context.database.snapshot() as session:
        export = session.get_one(Export, context.args["export"])
        delivery = session.get_one(Delivery, export.id)
    if delivery.path is not None:
        return {"rows": export.rows_total}
    written = _frozen if export.batch_id is not None else _listed

    def write(part: Path) -> _Made:
        return written(context, export, delivery, part)

    def record(session: Session, made: Delivery, counted: _Made) -> None:
        rows, left_masked = counted
        service.record_made(session, made, rows=rows, left_masked=left_masked, now=now(session))

    ending = ExportFormat(export.format).ending
    rows, left_masked = deliver(context, delivery, ending=ending, write=write, record=record)
    return {"rows": rows} if left_masked is None else {"rows": rows, "left_masked": left_masked}


def _listed(context: JobContext, export: Export, delivery: Delivery, part: Path) -> _Made:
    """Write the list as it is now."""
    wanted = queries.Wanted(
        ExportKind(export.kind),
        queries.Selection(scopes_of(delivery), parse_filters(export.filters)),
        ExportFormat(export.format),
        export.language,
        _opening(context, delivery),
        is_unmasked=delivery.is_unmasked,
        watermark=_watermark(context, delivery),
    )
    return service.write_list(context.database, wanted, part, context.report), None


def _frozen(context: JobContext, export: Export, delivery: Delivery, part: Path) -> _Made:
    """Write the list as it was frozen."""
    wanted = service.FrozenFile(
        export.batch_id or 0,
        ExportFormat(export.format),
        _opening(context, delivery) if delivery.is_unmasked else None,
        _watermark(context, delivery),
    )
    return service.write_frozen(context.database, wanted, part, context.report)


def _opening(context: JobContext, delivery: Delivery) -> Opening:
    """Return under which name numbers are opened for the file, should any be."""
    whose = (delivery.requested_by_id, delivery.purpose, keys_of(context.settings))
    return Opening(f"export:{delivery.id}", *whose)


def _watermark(context: JobContext, delivery: Delivery) -> str:
    """Return for whom and what whole numbers are; masked ones say nothing."""
    if not delivery.is_unmasked:
        return ""
    with context.database.snapshot() as session:
        name = session.get_one(Person, delivery.requested_by_id).name
        at = local_time(now(session))
    return f"{name} · {at:%Y-%m-%d %H:%M} · {delivery.purpose} · {delivery.id[:8]}"


def make_scheduled(database: Database, _settings: Settings) -> None:
    """Order the lists that are due, each by itself."""
    with database.snapshot() as session:
        due = queries.due_schedules(session, local_day(now(session)))
    for each in due:
        with database.transaction() as session:
            service.make_due(session, each.id, parse_filters(each.filters), now=now(session))
