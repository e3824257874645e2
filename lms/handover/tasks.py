"""Makes packages and clears them away."""

from collections.abc import Mapping
from typing import Any

from lms.credentials.domain.addresses import Site
from lms.db.session import Database, now
from lms.handover import service
from lms.handover.models import Handover
from lms.jobs.tasks import JobCancelled, JobContext
from lms.roster.gateway.files import measure, remove_halves
from lms.settings import Settings


def make_handover(context: JobContext) -> Mapping[str, Any]:
    """Make the package named in the job; a second run of a finished one does nothing.

    Raises ``GatewayError`` where the disk refuses and ``JobCancelled`` where the owner stopped it;
    nothing is left behind then.
    """
    with context.database.snapshot() as session:
        handover = session.get_one(Handover, context.args["handover"])
        at = now(session)
    if handover.path is not None:
        return {"people": handover.people_total}
    target = context.settings.export_dir / service.path_of(handover)
    remove_halves(target)
    site = Site(context.settings.base_url)
    made = service.write_package(
        context.database, handover, target, site=site, at=at, report=context.report
    )
    try:
        with context.database.transaction() as session:
            context.go_on(session)
            service.record_made(
                session,
                handover=session.get_one(Handover, handover.id),
                made=made,
                written=measure(target),
                now=now(session),
            )
    except JobCancelled:
        target.unlink(missing_ok=True)
        raise
    return {"people": len(made.people)}


def clear_packages(database: Database, settings: Settings) -> None:
    """Delete the packages whose days are over."""
    service.clear_old_files(database, settings)
