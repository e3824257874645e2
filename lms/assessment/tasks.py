"""What the worker does about quizzes by itself."""

from lms.assessment import service
from lms.db.session import Database, now
from lms.settings import Settings

_BATCH = 200


def close_abandoned_attempts(database: Database, _settings: Settings) -> None:
    """Close attempts left open past their time, so that no list waits for a look at them."""
    closed = _BATCH
    while closed == _BATCH:
        with database.transaction() as session:
            closed = service.close_overdue_attempts(session, now=now(session), limit=_BATCH)
