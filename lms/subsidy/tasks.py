"""What the worker does about subsidies by itself."""

from time import monotonic

import structlog

from lms.accounts.gateway import Vault
from lms.core.errors import Conflict
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.domain.reading import MalformedError
from lms.subsidy.gateway import shelf
from lms.subsidy.gateway.papers import LISTS, PAPERS, SealedFolder

log = structlog.get_logger(__name__)
_EVERY_SECONDS = 60 * 60


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


class SweepPapers:
    """Deletes what was written for a row that then was not, and lists nobody took in."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, database: Database, settings: Settings) -> None:
        """Look once an hour."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + _EVERY_SECONDS
        vault = Vault(settings.vault_keys)
        with database.transaction() as session:
            service.forget_drafts(session, now=now(session))
        for name in (PAPERS, LISTS):
            folder = SealedFolder(settings.data_dir / name, vault, name)
            strays = folder.strays()
            if strays:
                with database.snapshot() as session:
                    known = service.known_files(session, strays)
                log.info("papers_swept", folder=name, count=folder.sweep(known, strays))
