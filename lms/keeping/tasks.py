"""What the worker deletes by itself once the law lets it go."""

import structlog
from sqlalchemy.exc import SQLAlchemyError

from lms.accounts.gateway import SealedFolder, Vault
from lms.db.session import Database, now
from lms.keeping import queries, service
from lms.settings import Settings
from lms.subsidy.gateway.papers import PAPERS

log = structlog.get_logger(__name__)
# So many people a round: what else the worker has to do waits that long.
_BATCH = 20


class EraseDue:
    """Erases people whose account was closed so many years ago, a few a round."""

    def __init__(self) -> None:
        self._after = 0

    def __call__(self, database: Database, settings: Settings) -> None:
        """Erase the next few; behind the last one the walk begins anew.

        Somebody who cannot be erased keeps nobody else from it.
        """
        years = settings.retention_years
        with database.snapshot() as session:
            people = queries.due(
                session, years=years, now=now(session), after=self._after, limit=_BATCH
            )
        for person_id in people:
            try:
                erase_one(database, settings, person_id)
            except SQLAlchemyError as error:
                log.warning("person_not_erased", person=person_id, error=repr(error))
        self._after = people[-1] if len(people) == _BATCH else 0


def erase_one(database: Database, settings: Settings, person_id: int) -> None:
    """Erase one person; files go once the rows are gone for good.

    What a halt leaves behind no row knows of any more, so it is swept with the strays.
    """
    with database.transaction() as session:
        done = service.erase(session, person_id, years=settings.retention_years, now=now(session))
    if done is None:
        return
    log.info("person_erased", person=person_id, rows=done.rows, files=len(done.files))
    folder = SealedFolder(settings.evidence_dir, Vault(settings.vault_keys), PAPERS)
    for file_id in done.files:
        folder.remove(file_id)
