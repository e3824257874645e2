"""Chores are done again and again, also after the database was away."""

import threading

from sqlalchemy.exc import OperationalError

from lms.db.session import Database
from lms.jobs.tasks import start_chores


def test_a_chore_that_found_the_database_away_is_done_again(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    done, rounds = threading.Event(), []

    def chore(given: Database) -> None:
        assert given is database
        rounds.append(1)
        if len(rounds) == 1:
            raise OperationalError("select 1", {}, OSError("restarting"))
        done.set()

    stop = start_chores(database, [chore], every=0.01)
    assert done.wait(10)
    stop.set()
    database.dispose()


def test_a_stopped_worker_does_no_more_chores(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'x.sqlite3'}")
    rounds: list[int] = []
    first = threading.Event()

    def chore(_database: Database) -> None:
        rounds.append(1)
        first.set()

    stop = start_chores(database, [chore], every=0.01)
    assert first.wait(10)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "chores":
            thread.join(5)
    count = len(rounds)
    assert not threading.Event().wait(0.1)
    assert len(rounds) == count
    database.dispose()
