"""Makes packages."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from lms.credentials.domain.addresses import Site
from lms.db.session import now
from lms.delivery.models import Delivery
from lms.delivery.tasks import deliver
from lms.handover import service
from lms.handover.models import Handover
from lms.handover.service import Made
from lms.handover.service.packages import Ordered
from lms.jobs.tasks import JobContext


def make_handover(context: JobContext) -> Mapping[str, Any]:
    """Make the package named in the job; a second run of a finished one does nothing.

    Raises ``GatewayError`` where the disk refuses and ``JobCancelled`` where the owner stopped it;
    nothing is left behind then.
    """
    with context.database.snapshot() as session:
        handover = session.get_one(Handover, context.args["handover"])
        delivery = session.get_one(Delivery, handover.id)
        at = now(session)
    if delivery.path is not None:
        return {"people": handover.people_total}
    ordered, site = Ordered(handover, delivery), Site(context.settings.base_url)

    def write(part: Path) -> Made:
        return service.write_package(
            context.database, ordered, part, site=site, at=at, report=context.report
        )

    def record(session: Session, row: Delivery, made: Made) -> None:
        service.record_made(session, row, made=made, now=now(session))

    made = deliver(context, delivery, ending="zip", write=write, record=record)
    return {"people": len(made.people)}
