"""One transaction a piece of work: whole or not at all, and writers that queue."""

import threading
from datetime import timedelta

import pytest
from sqlalchemy import event, func, insert, select, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.db.session import Database, after_commit, connection_of, now, savepoint

_ROUNDS = 15


def add_county(database: Database, code: str) -> None:
    """Read, then write: what fails where a read lock is only raised later."""
    with database.transaction() as session:
        session.scalar(select(func.count()).select_from(County))
        session.add(County(code=code, name_zh="县", name_en="County"))


def test_what_fails_leaves_nothing(database: Database) -> None:
    told: list[str] = []

    def torn() -> None:
        with database.transaction() as session:
            session.add(County(code="330822", name_zh="常山县", name_en="Changshan"))
            session.flush()
            after_commit(session, lambda: told.append("done"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        torn()
    with database.snapshot() as session:
        assert session.get(County, "330822") is None
    assert told == []


def test_a_savepoint_takes_back_what_went_past_the_session_and_that_alone(
    database: Database,
) -> None:
    def county(code: str) -> dict[str, str]:
        return {"code": code, "name_zh": "县", "name_en": "County"}

    def torn(session: Session) -> None:
        with savepoint(session):
            connection_of(session).execute(insert(County).values(**county("330002")))
            raise RuntimeError

    with database.transaction() as session:
        connection_of(session).execute(insert(County).values(**county("330001")))
        with pytest.raises(RuntimeError):
            torn(session)
        with savepoint(session):
            connection_of(session).execute(insert(County).values(**county("330003")))
    with database.snapshot() as session:
        assert set(session.scalars(select(County.code))) == {"330001", "330003"}


def test_two_processes_that_read_and_then_write_both_succeed(database: Database) -> None:
    """Two engines stand for two processes: neither knows of the other's threads."""
    other = Database(database.url.render_as_string(hide_password=False))
    faults: list[Exception] = []

    def write(engine: Database, first: int) -> None:
        for number in range(_ROUNDS):
            try:
                add_county(engine, f"{first + number}")
            except Exception as fault:  # noqa: BLE001 (whatever it is, the test shows it)
                faults.append(fault)

    threads = [
        threading.Thread(target=write, args=(engine, first))
        for engine, first in ((database, 100_000), (other, 200_000))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    other.dispose()
    assert faults == []
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).select_from(County)) == 2 * _ROUNDS


def test_the_databases_clock_is_in_utc(database: Database) -> None:
    with database.transaction() as session:
        moment = now(session)
    assert moment.utcoffset() == timedelta(0)


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_the_threads_of_a_process_take_turns_without_the_engine_making_them_wait(
    database: Database,
) -> None:
    def never_wait(connection: DBAPIConnection, _record: object) -> None:
        connection.cursor().execute("PRAGMA busy_timeout=0")

    database.dispose()
    event.listen(database.engine, "connect", never_wait)
    faults: list[Exception] = []

    def write(first: int) -> None:
        for number in range(_ROUNDS):
            try:
                add_county(database, f"{first + number}")
            except Exception as fault:  # noqa: BLE001 (whatever it is, the test shows it)
                faults.append(fault)

    threads = [threading.Thread(target=write, args=(100_000 * each,)) for each in range(1, 5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_who_reads_long_has_room_and_sees_one_moment_and_gives_the_room_back(
    database: Database,
) -> None:
    def room() -> int | None:
        if not database.is_sqlite:
            return None
        return session.scalar(text("PRAGMA cache_size"))

    with database.snapshot() as session:
        usual = room()
    with database.one_moment() as session:
        before = session.scalar(select(func.count()).select_from(County))
        add_county(database, "330822")
        assert session.scalar(select(func.count()).select_from(County)) == before
        assert usual is None or room() == 24 * usual
    with database.snapshot() as session:
        assert room() == usual
        assert session.get(County, "330822") is not None
