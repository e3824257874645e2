"""What the worker does for the desk: forgets rosters that nobody took in."""

from time import monotonic

import structlog

from lms.accounts.gateway import SealedFolder, Vault
from lms.db.session import Database, now
from lms.settings import Settings
from lms.staff import queries, service
from lms.staff.domain import ROSTERS

log = structlog.get_logger(__name__)
_EVERY_SECONDS = 60 * 60


class SweepRosters:
    """Deletes drafts that are a day old, and files that belong to none."""

    def __init__(self) -> None:
        self._next = 0.0

    def __call__(self, database: Database, settings: Settings) -> None:
        """Look once an hour."""
        if monotonic() < self._next:
            return
        self._next = monotonic() + _EVERY_SECONDS
        with database.transaction() as session:
            service.forget_drafts(session, now=now(session))
        folder = SealedFolder(settings.data_dir / ROSTERS, Vault(settings.vault_keys), ROSTERS)
        strays = folder.strays()
        if strays:
            with database.snapshot() as session:
                known = queries.known_drafts(session, strays)
            log.info("rosters_swept", count=folder.sweep(known, strays))
