"""Makes the files of exports, and orders those that are due each month."""

from collections.abc import Mapping
from dataclasses import replace
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
    wanted = queries.Wanted(
        ExportKind(export.kind),
        queries.Selection(scopes_of(delivery), parse_filters(export.filters)),
        ExportFormat(export.format),
        export.language,
    )
    wanted = _marked(context, delivery, wanted)

    def write(part: Path) -> int:
        return service.write_list(context.database, wanted, part, context.report)

    def record(session: Session, made: Delivery, rows: int) -> None:
        service.record_made(session, made, rows=rows, now=now(session))

    rows = deliver(context, delivery, ending=wanted.form.ending, write=write, record=record)
    return {"rows": rows}


def _marked(context: JobContext, delivery: Delivery, wanted: queries.Wanted) -> queries.Wanted:
    """Return the list with who may open what for it; whole numbers say for whom they are."""
    asker, purpose = delivery.requested_by_id, delivery.purpose
    opening = Opening(f"export:{delivery.id}", asker, purpose, keys_of(context.settings))
    if not delivery.is_unmasked:
        return replace(wanted, opening=opening)
    with context.database.snapshot() as session:
        name = session.get_one(Person, asker).name
        at = local_time(now(session))
    mark = f"{name} · {at:%Y-%m-%d %H:%M} · {purpose} · {delivery.id[:8]}"
    return replace(wanted, opening=opening, is_unmasked=True, watermark=mark)


def make_scheduled(database: Database, _settings: Settings) -> None:
    """Order the lists that are due, each by itself."""
    with database.snapshot() as session:
        due = queries.due_schedules(session, local_day(now(session)))
    for each in due:
        with database.transaction() as session:
            service.make_due(session, each.id, parse_filters(each.filters), now=now(session))
