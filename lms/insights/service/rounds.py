"""Counts step by step until nothing is left, each step in a transaction of its own."""

from datetime import timedelta

from lms.db.session import Database, now
from lms.insights.service import rolling

# Everybody else's writes wait for one step: a tenth of a second or so on SQLite.
PEOPLE_A_STEP = 200
ENTRIES_A_STEP = 2_000


def begin(database: Database) -> None:
    """Note what is to be counted by now; the youngest entries wait for the next time."""
    with database.transaction() as session:
        rolling.look_ahead(session, now=now(session))


def catch_up(database: Database) -> None:
    """Count all there is up to this moment, however long it takes."""
    # The first time goes as far as was decided before, the second as far as there is anything.
    for _ in range(2):
        with database.transaction() as session:
            rolling.look_ahead(session, now=now(session), settled=timedelta())
        while not step(database):
            pass


def step(database: Database) -> bool:
    """Count some people, then some entries; tell whether nothing was left."""
    with database.transaction() as session:
        settled = rolling.count_people(session, limit=PEOPLE_A_STEP)
    with database.transaction() as session:
        counted = rolling.count_hours(session, limit=ENTRIES_A_STEP)
    if settled or counted:
        return False
    with database.transaction() as session:
        return rolling.finish(session)
