"""Counts step by step until nothing is left, each step in a transaction of its own."""

from collections.abc import Callable
from datetime import timedelta

from lms.db.session import Database, now
from lms.insights.service import rolling

# Everybody else's writes wait for one step: a tenth of a second or so on SQLite.
PEOPLE_A_STEP = 100
ENTRIES_A_STEP = 1_000


def one_round(database: Database, *, goes_on: Callable[[], bool]) -> None:
    """Count as long as it goes on; what is left is for the next round."""
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session))
    _count(database, goes_on)


def catch_up(database: Database) -> None:
    """Count all there is up to this moment, however long it takes."""
    # The first time goes as far as was decided before, the second as far as there is anything.
    for _ in range(2):
        with database.transaction() as session:
            rolling.look_ahead(session, now=now(session), settled=timedelta())
        _count(database, lambda: True)


def _count(database: Database, goes_on: Callable[[], bool]) -> None:
    while goes_on():
        with database.transaction() as session:
            settled = rolling.count_people(session, limit=PEOPLE_A_STEP)
        with database.transaction() as session:
            counted = rolling.count_hours(session, limit=ENTRIES_A_STEP)
        if settled or counted:
            continue
        with database.transaction() as session:
            if rolling.finish(session):
                return
