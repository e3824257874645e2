"""Checking a whole ledger: it is whole, or the first entry that is not is named."""

from dataclasses import replace

from sqlalchemy import text, update

from lms.db.session import Database
from lms.progress import queries
from lms.progress.models import StudyClock, WatchSlice
from lms.progress.queries import LedgerCheck
from tests.factories.progress import Entry, make_day
from tests.integration.progress.conftest import Clock, Learner, clock, learner
from tests.integration.progress.test_promises import beat, lease
from tests.integration.record.conftest import DAY, Study

__all__ = ["clock", "learner"]


def check(database: Database, person_id: int) -> LedgerCheck:
    with database.snapshot() as session:
        return queries.ledger_check(session, person_id)


def studied(database: Database, hands: Clock, who: Learner) -> None:
    held = lease(database, who, "A")
    for seq in range(1, 4):
        hands.seconds = seq * 15
        beat(database, who, held, seq, ((seq - 1) * 15, seq * 15))


def untie(database: Database, session, table: str, trigger: str) -> None:
    on = "" if database.is_sqlite else f" ON {table}"
    session.execute(text(f"DROP TRIGGER {trigger}{on}"))


def test_a_ledger_as_it_was_written_is_whole(
    database: Database, clock: Clock, learner: Learner
) -> None:
    studied(database, clock, learner)
    found = check(database, learner.actor.person_id)
    assert (found.entries, found.is_whole) == (3, True)


def test_an_entry_that_was_changed_is_named(
    database: Database, clock: Clock, learner: Learner
) -> None:
    studied(database, clock, learner)
    with database.transaction() as session:
        untie(database, session, "watch_slice", "watch_slice_no_update")
        session.execute(
            update(WatchSlice).where(WatchSlice.number == 2).values(device_hash="f" * 64)
        )
    found = check(database, learner.actor.person_id)
    assert (found.is_whole, found.broken_at) == (False, 2)


def test_an_end_that_was_cut_off_is_found(
    database: Database, clock: Clock, learner: Learner
) -> None:
    studied(database, clock, learner)
    with database.transaction() as session:
        untie(database, session, "watch_slice", "watch_slice_no_delete")
        session.execute(text("DELETE FROM watch_slice WHERE number = 3"))
    found = check(database, learner.actor.person_id)
    assert (found.entries, found.broken_at, found.is_cut) == (2, None, True)
    assert not found.is_whole


def test_a_ledger_from_before_entries_were_chained_is_whole_until_it_is_chained(
    database: Database, study: Study
) -> None:
    with database.transaction() as session:
        entries = [Entry(credited=15)]
        make_day(session, study.enrollment, study.course, "A01/text", DAY, entries)
        session.add(StudyClock(person_id=study.person.id))
    found = check(database, study.person.id)
    assert (found.entries, found.is_whole) == (1, True)
    with database.transaction() as session:
        session.get_one(StudyClock, study.person.id).entries = found.entries
        session.get_one(StudyClock, study.person.id).head = found.head
    assert check(database, study.person.id).is_whole
    assert not replace(found, broken_at=1).is_whole


def test_where_nobody_studied_nothing_is_missing(database: Database, study: Study) -> None:
    found = check(database, study.person.id)
    assert (found.entries, found.is_whole) == (0, True)
