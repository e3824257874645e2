"""Makes the files of exports and clears them away."""

from collections.abc import Mapping
from typing import Any

from lms.db.session import Database, now
from lms.jobs.tasks import JobCancelled, JobContext
from lms.roster import queries, service
from lms.roster.domain.orders import ExportFormat, ExportKind
from lms.roster.forms import parse_filters
from lms.roster.gateway.files import measure, remove_halves
from lms.roster.models import Export
from lms.settings import Settings


def make_export(context: JobContext) -> Mapping[str, Any]:
    """Make the file of the export named in the job; a second run of a finished one does nothing.

    Raises ``GatewayError`` where the disk refuses and ``JobCancelled`` where the owner stopped it;
    nothing is left behind then.
    """
    with context.database.snapshot() as session:
        export = session.get_one(Export, context.args["export"])
    if export.path is not None:
        return {"rows": export.rows_total}
    selection = queries.Selection(service.scopes_of(export), parse_filters(export.filters))
    target = context.settings.export_dir / service.path_of(export)
    remove_halves(target)
    wanted = service.Wanted(
        ExportKind(export.kind), selection, ExportFormat(export.format), export.language
    )
    rows = service.write_list(context.database, wanted, target, context.report)
    try:
        with context.database.transaction() as session:
            context.go_on(session)
            service.record_made(
                session,
                export=session.get_one(Export, export.id),
                rows=rows,
                written=measure(target),
                now=now(session),
            )
    except JobCancelled:
        target.unlink(missing_ok=True)
        raise
    return {"rows": rows}


def clear_files(database: Database, settings: Settings) -> None:
    """Delete the files of exports whose days are over, so that none waits for the next export."""
    service.clear_old_files(database, settings)
