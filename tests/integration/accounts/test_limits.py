"""Limits that outlive restarts."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from lms.core.errors import TooMany
from lms.db.session import Database, now
from lms.web import limits
from lms.web.limits import DAY, Limit, Use
from lms.web.models import RateCounter

THREE = Limit("test", 3, DAY)
ONE = Use(THREE, "13857005678")


def counts(database):
    with database.snapshot() as session:
        return [row.count for row in session.scalars(select(RateCounter))]


def test_three_times_are_fine_and_the_fourth_is_too_many(database):
    for _ in range(3):
        limits.spend(database, ONE)
    with pytest.raises(TooMany) as caught:
        limits.spend(database, ONE)
    assert 0 < caught.value.retry_after <= DAY


def test_somebody_else_has_a_count_of_their_own(database):
    for _ in range(3):
        limits.spend(database, ONE)
    limits.spend(database, Use(THREE, "13857005679"))


def test_a_restart_forgets_nothing(database, database_url):
    for _ in range(3):
        limits.spend(database, ONE)
    reopened = Database(database_url)
    with pytest.raises(TooMany):
        limits.spend(reopened, ONE)
    reopened.dispose()


def test_what_the_request_rolls_back_stays_counted(database):
    def request():
        limits.spend(database, ONE)
        with database.transaction():
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        request()
    assert counts(database) == [1]


def test_twenty_at_once_are_twenty(database):
    wide = Use(Limit("wide", 100, DAY), "all")
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(limits.spend, database, wide) for _ in range(20)]:
            done.result()
    assert counts(database) == [20]


def test_a_rightful_use_is_given_back(database):
    for _ in range(10):
        limits.spend(database, ONE)
        with database.transaction() as session:
            limits.give_back(session, [ONE])
    assert counts(database) == [0]


def test_the_key_is_not_readable(database):
    limits.spend(database, ONE)
    with database.snapshot() as session:
        assert "13857005678" not in session.scalars(select(RateCounter.bucket)).one()


def test_windows_long_over_are_cleared_and_those_that_may_still_run_are_kept(database, settings):
    limits.spend(database, ONE)
    with database.transaction() as session:
        second = int(now(session).timestamp())
        session.add(RateCounter(bucket="old", window_start=second - 2 * DAY - 60, count=9))
        session.add(RateCounter(bucket="day", window_start=second - DAY + 60, count=2))
    limits.clear_old_counts(database, settings)
    assert sorted(counts(database)) == [1, 2]


def test_a_round_clears_a_batch_of_windows_the_oldest_first(database, settings, monkeypatch):
    monkeypatch.setattr(limits, "_BATCH", 2)
    with database.transaction() as session:
        second = int(now(session).timestamp())
        for days in (3, 5, 4):
            session.add(RateCounter(bucket="old", window_start=second - days * DAY, count=days))
    limits.clear_old_counts(database, settings)
    assert counts(database) == [3]
    limits.clear_old_counts(database, settings)
    assert counts(database) == []
