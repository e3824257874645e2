"""What the worker does about subsidies by itself."""

import structlog

from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import shelf

log = structlog.get_logger(__name__)


def decide_what_is_due(database: Database, _settings: Settings) -> None:
    """Decide all that is due; policies at fault are told in the log and stay undecided."""
    try:
        done = service.Round(service.BATCH)
        while done.judged == service.BATCH:
            with database.transaction() as session:
                done = service.decide_due(
                    session, shelf=shelf(), now=now(session), limit=service.BATCH
                )
    except (Conflict, MalformedError) as error:
        log.warning("policies_at_fault", error=str(error))
