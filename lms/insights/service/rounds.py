"""Counts step by step until nothing is left, each step in a transaction of its own."""

from datetime import timedelta
from time import monotonic

from lms.db.session import Database, now
from lms.insights.service import rolling

# Everybody else's writes wait for one step: a tenth of a second or so on SQLite.
PEOPLE_A_STEP = 200
ENTRIES_A_STEP = 2_000


def one_round(database: Database, *, seconds: float) -> None:
    """Count for so long at most; what is left is for the next round."""
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session))
    _count(database, until=monotonic() + seconds)


def catch_up(database: Database) -> None:
    """Count all there is up to this moment, however long it takes."""
    # The first time goes as far as was decided before, the second as far as there is anything.
    for _ in range(2):
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
