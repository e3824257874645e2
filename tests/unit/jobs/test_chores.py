"""Chores are done again and again, also after the database was away."""

import threading
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from lms.db.session import Database
from lms.jobs.tasks import start_chores
from lms.settings import Settings
from tests.support.site import settings_for_test


def site_of(folder: Path) -> tuple[Database, Settings]:
    """Return a database and settings that live in the folder."""
    url = f"sqlite:///{folder / 'x.sqlite3'}"
    return Database(url), settings_for_test(folder, url)


@pytest.mark.parametrize(
    "fault", [OperationalError("select 1", {}, OSError("restarting")), OSError(28, "No space")]
)
def test_a_chore_that_found_the_database_or_the_disk_away_is_done_again(tmp_path, fault):
    database, settings = site_of(tmp_path)
    done, rounds = threading.Event(), []

    def chore(given: Database, also_given: Settings) -> None:
        assert (given, also_given) == (database, settings)
        rounds.append(1)
        if len(rounds) == 1:
            raise fault
        done.set()

    stop = start_chores(database, settings, [chore], every=0.01)
    assert done.wait(10)
    stop.set()
    database.dispose()


def test_a_chore_that_always_fails_keeps_no_other_from_being_done(tmp_path):
    database, settings = site_of(tmp_path)
    done = threading.Event()

    def refused(_database: Database, _settings: Settings) -> None:
        raise PermissionError(13, "Permission denied")

    stop = start_chores(database, settings, [refused, lambda *_: done.set()], every=0.01)
    assert done.wait(10)
    stop.set()
    database.dispose()


def test_a_stopped_worker_does_no_more_chores(tmp_path):
    database, settings = site_of(tmp_path)
    rounds: list[int] = []
    first = threading.Event()

    def chore(_database: Database, _settings: Settings) -> None:
        rounds.append(1)
        first.set()

    stop = start_chores(database, settings, [chore], every=0.01)
    assert first.wait(10)
    stop.set()
    for thread in threading.enumerate():
        if thread.name == "chores":
            thread.join(5)
    count = len(rounds)
    assert not threading.Event().wait(0.1)
    assert len(rounds) == count
    database.dispose()
