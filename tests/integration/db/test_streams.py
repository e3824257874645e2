"""Very many rows of one moment, while the session that wants them goes on asking."""

from collections.abc import Iterator
from itertools import chain

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from lms.accounts.models import County
from lms.db.session import Database
from lms.db.streams import stream_beside

_MANY = 2_300


@pytest.fixture
def counties(database: Database) -> list[str]:
    """The codes of more counties than come in one piece."""
    codes = [f"{100_000 + number}" for number in range(_MANY)]
    with database.transaction() as session:
        session.add_all(County(code=code, name_zh="县", name_en="County") for code in codes)
    return codes


def parts(session: Session) -> Iterator[list[str]]:
    with stream_beside(session) as reads:
        wanted = select(County.code).order_by(County.code)
        rows = reads.execute(wanted, execution_options={"yield_per": 700})
        for part in rows.partitions():
            yield [row[0] for row in part]


def counted(session: Session) -> int | None:
    return session.scalar(select(func.count()).select_from(County))


def test_all_rows_come_in_order_and_the_session_asks_in_between(
    database: Database, counties: list[str]
) -> None:
    with database.one_moment() as session:
        found = []
        for part in parts(session):
            found.append(part)
            assert counted(session) == _MANY
    assert [len(part) for part in found] == [700, 700, 700, 200]
    assert [*chain(*found)] == counties


def test_what_is_committed_meanwhile_is_not_among_them(
    database: Database, counties: list[str]
) -> None:
    with database.one_moment() as session:
        assert counted(session) == _MANY
        with database.transaction() as writing:
            writing.add(County(code="999999", name_zh="县", name_en="County"))
        assert [*chain(*parts(session))] == counties
    with database.snapshot() as session:
        assert counted(session) == _MANY + 1


def test_a_writing_session_streams_what_it_has_written(
    database: Database, counties: list[str]
) -> None:
    with database.transaction() as session:
        session.add(County(code="999999", name_zh="县", name_en="County"))
        session.flush()
        assert [*chain(*parts(session))] == [*counties, "999999"]


@pytest.mark.usefixtures("counties")
def test_who_stops_early_leaves_sound_connections(database: Database) -> None:
    for _ in range(40):  # more than the pool has
        with database.one_moment() as session:
            reading = parts(session)
            assert len(next(reading)) == 700
            reading.close()
            assert counted(session) == _MANY
    with database.one_moment() as session:
        assert len(list(parts(session))) == 4


def test_nothing_comes_of_an_empty_table(database: Database) -> None:
    with database.one_moment() as session:
        assert list(parts(session)) == []


def test_all_that_is_left_is_every_row(database: Database, counties: list[str]) -> None:
    wanted = select(County.code).order_by(County.code)
    with database.one_moment() as session, stream_beside(session) as reads:
        rows = reads.execute(wanted, execution_options={"yield_per": 700})
        begun = [row[0] for row in rows.fetchmany(5)]
        assert begun + [row[0] for row in rows.all()] == counties
