"""What the worker does for figures: counts what changed since the last round."""

from datetime import timedelta
from time import monotonic

import structlog

from lms.db.session import Database, now
from lms.insights.service import rolling
from lms.settings import Settings

log = structlog.get_logger(__name__)
# Everybody else's writes wait for one step: a tenth of a second or so on SQLite.
PEOPLE_A_STEP = 200
ENTRIES_A_STEP = 2_000
# Other chores wait for one round; what is left is done in the next.
_ROUND_SECONDS = 10.0


def roll_up(database: Database, _settings: Settings) -> None:
    """Count people who changed, then hours, for a while; a halt in between loses nothing."""
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session))
    _count(database, until=monotonic() + _ROUND_SECONDS)


def catch_up(database: Database) -> None:
    """Count all there is, however long it takes, up to this moment."""
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session), settled=timedelta())
    _count(database, until=None)
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session), settled=timedelta())
    _count(database, until=None)


def _count(database: Database, *, until: float | None) -> None:
    while until is None or monotonic() < until:
        with database.transaction() as session:
            settled = rolling.count_people(session, limit=PEOPLE_A_STEP)
        with database.transaction() as session:
            counted = rolling.count_hours(session, limit=ENTRIES_A_STEP)
        if settled or counted:
            continue
        with database.transaction() as session:
            if rolling.finish(session):
                return
