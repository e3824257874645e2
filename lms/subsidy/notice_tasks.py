"""What the worker does about public lists: prints long ones, clears away what hangs no more."""

from collections.abc import Mapping
from typing import Any

import structlog

from lms.core.clock import local_day
from lms.core.errors import GatewayError
from lms.db.session import Database, now
from lms.jobs.tasks import JobContext
from lms.settings import Settings
from lms.subsidy import queries, service
from lms.subsidy.domain.notices import PRINTED_AT_ONCE
from lms.subsidy.gateway.notice_files import remove_printed

log = structlog.get_logger(__name__)


def print_long(context: JobContext) -> Mapping[str, Any]:
    """Print a long list into its file; run again, or after its last day, it does nothing.

    Raises ``GatewayError`` where the disk refuses.
    """
    number, language = context.args["notice"], context.args["language"]
    with context.database.snapshot() as session:
        seen = queries.notice_seen(session, number, local_day(now(session)))
        if seen is None or not seen.is_open:
            return {"printed": False}
        try:
            service.print_notice(
                session,
                seen,
                language=language,
                base_url=context.settings.base_url,
                folder=context.settings.export_dir,
            )
        except OSError as error:
            raise GatewayError(
                "notice_not_written", "The list could not be printed.", retryable=True
            ) from error
    return {"printed": True}


def keep_printed(database: Database, settings: Settings) -> None:
    """Have long lists printed as they hang out now, and delete what hangs out no more."""
    missing, keep = [], set()
    with database.snapshot() as session:
        for seen in queries.open_notices(session, local_day(now(session))):
            if seen.notice.rows <= PRINTED_AT_ONCE:
                continue
            for language in service.PRINT_LANGUAGES:
                path = service.printed_path(
                    session, seen, language=language, folder=settings.export_dir
                )
                keep.add(path)
                if not path.exists():
                    missing.append(seen.notice)
    gone = remove_printed(settings.export_dir, keep)
    if gone:
        log.info("printed_notices_cleared", count=gone)
    for each in missing:
        with database.transaction() as session:
            service.print_again(session, each)
