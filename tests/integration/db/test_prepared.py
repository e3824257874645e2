"""Statements handed straight to the driver give and take what SQLAlchemy would."""

import threading
from datetime import UTC, date, datetime

import pytest
from sqlalchemy import (
    Boolean,
    Date,
    String,
    bindparam,
    cast,
    func,
    insert,
    literal_column,
    select,
    table,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.accounts.models import County
from lms.db.base import BigId, Json
from lms.db.prepared import Prepared
from lms.db.session import Database, connection_of
from lms.subsidy.models import LearnerFact
from tests.factories.accounts import make_person
from tests.support.databases import hang_up
from tests.support.statements import asked

_COUNTY = County.__table__.c
_NAMED = Prepared(
    select(_COUNTY.name_zh, _COUNTY.name_en).where(_COUNTY.code == bindparam("its_code"))
)
_RENAMED = Prepared(
    update(County.__table__).where(_COUNTY.code == bindparam("its_code")).returning(_COUNTY.code),
    "name_zh",
)
_NEW = Prepared(insert(County.__table__), "code", "name_zh", "name_en")
_WAITING = Prepared(
    select(literal_column("1", BigId).label("one"))
    .select_from(table("pg_locks"))
    .where(text("locktype = 'advisory' AND NOT granted"))
)
_CHANGSHAN = {"code": "330822", "name_zh": "常山县", "name_en": "Changshan"}


def rename(database: Database, name: str) -> None:
    with database.transaction() as session:
        _RENAMED.run(connection_of(session), {"its_code": "330822", "name_zh": name})


def rename_and_fail(database: Database) -> None:
    with database.transaction() as session:
        _RENAMED.run(connection_of(session), {"its_code": "330822", "name_zh": "丙"})
        _NEW.run(connection_of(session), _CHANGSHAN)


def add_changshan(database: Database) -> None:
    with database.transaction() as session:
        _NEW.run(connection_of(session), _CHANGSHAN)


def test_what_is_written_is_read_in_the_same_transaction_and_after(database: Database) -> None:
    with database.transaction() as session:
        connection = connection_of(session)
        assert _NEW.run(connection, _CHANGSHAN) == []
        renamed = _RENAMED.run(connection, {"its_code": "330822", "name_zh": "常山"})
        assert [row.code for row in renamed] == ["330822"]
        assert session.get_one(County, "330822").name_zh == "常山"
    assert database.look_up(_NAMED, {"its_code": "330822"}) == [("常山", "Changshan")]
    assert database.look_up(_NAMED, {"its_code": "330881"}) == []


def test_what_fails_is_told_as_sqlalchemy_tells_it_and_without_the_values(
    database: Database,
) -> None:
    add_changshan(database)
    with pytest.raises(IntegrityError) as failed:
        add_changshan(database)
    assert "常山县" not in str(failed.value)
    assert "Changshan" not in str(failed.value.statement)
    add_other = _CHANGSHAN | {"code": "330881"}
    with database.transaction() as session:
        _NEW.run(connection_of(session), add_other)
    assert len(database.look_up(_NAMED, {"its_code": "330881"})) == 1


def test_moments_keep_their_zone_days_and_json_their_shape(database: Database) -> None:
    at, day = datetime(2026, 3, 1, 8, 30, 0, 125, tzinfo=UTC), date(1988, 5, 20)
    table = LearnerFact.__table__
    fact = {"key": "birth_date", "value": {"是": [1, None]}, "source": "import"}
    fact |= {"valid_from": day, "recorded_at": at}
    with database.transaction() as session:
        written = Prepared(insert(table), "person_id", *fact)
        written.run(connection_of(session), fact | {"person_id": make_person(session).id})
    read = Prepared(select(table.c.value, table.c.valid_from, table.c.recorded_at))
    assert database.look_up(read, {}) == [({"是": [1, None]}, day, at)]


def test_a_look_up_sees_what_was_committed_last_and_holds_nothing(database: Database) -> None:
    add_changshan(database)
    for name in ("甲", "乙"):
        rename(database, name)
        assert database.look_up(_NAMED, {"its_code": "330822"})[0].name_zh == name
    assert database.engine.pool.checkedout() == 0
    # A transaction on the same connection still is one: nothing of it stays.
    with pytest.raises(IntegrityError):
        rename_and_fail(database)
    assert database.look_up(_NAMED, {"its_code": "330822"})[0].name_zh == "乙"


def test_counting_statements_sees_these_too(database: Database) -> None:
    with asked(database) as said, database.transaction() as session:
        _NAMED.run(connection_of(session), {"its_code": "330822"})
    assert len(said) == 1
    assert said[0].startswith("SELECT county.name_zh")


def test_a_list_of_values_is_refused_rather_than_misread(database: Database) -> None:
    several = Prepared(select(_COUNTY.code).where(_COUNTY.code.in_(["330822", "330881"])))
    with pytest.raises(ValueError, match="single values"):
        database.look_up(several, {})


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_look_up_outlives_a_restart_of_the_database(database: Database) -> None:
    add_changshan(database)
    # More than one connection rests in the pool.
    with database.engine.connect(), database.engine.connect(), database.engine.connect():
        pass
    hang_up(database)
    assert len(database.look_up(_NAMED, {"its_code": "330822"})) == 1
    # Nobody else meets one that was cut.
    with database.engine.connect() as one, database.engine.connect() as other:
        for connection in (one, other):
            assert len(_NAMED.run(connection, {"its_code": "330822"})) == 1


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_transaction_fails_once_after_a_restart_and_the_next_works(database: Database) -> None:
    add_changshan(database)
    hang_up(database)
    with pytest.raises(OperationalError):
        rename(database, "甲")
    rename(database, "乙")
    assert database.look_up(_NAMED, {"its_code": "330822"})[0].name_zh == "乙"


def test_a_value_that_is_made_anew_is_made_with_each_execution(database: Database) -> None:
    made = iter([1, 2])
    number = bindparam("number", callable_=lambda: next(made), type_=BigId)
    statement = Prepared(select((literal_column("10", BigId) + number).label("sum")))
    sums = [database.look_up(statement, {})[0].sum for _ in range(2)]
    assert sums == [11, 12]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_a_connection_that_rested_is_asked_before_it_is_used(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_changshan(database)
    hang_up(database)
    monkeypatch.setattr("lms.db.session._REST_SECONDS", 0)
    rename(database, "甲")
    assert database.look_up(_NAMED, {"its_code": "330822"})[0].name_zh == "甲"


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_what_the_server_forgot_is_told_again(database: Database) -> None:
    """It forgets what it prepared when a transaction rolls back and when a table is changed."""
    county = select(_COUNTY.name_en).where(_COUNTY.code == bindparam("its_code"))
    changes = (text("ALTER TABLE county ADD COLUMN note text"), text("SELECT 1"))
    with database.engine.connect() as connection:
        for change, end in zip(changes, (connection.commit, connection.rollback), strict=True):
            for _ in range(7):
                connection.execute(county, {"its_code": "330881"})
            assert _NAMED.run(connection, {"its_code": "330881"}) == []
            connection.execute(change)
            end()
            assert _NAMED.run(connection, {"its_code": "330881"}) == []


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_pages_that_read_find_their_statements_prepared(database: Database) -> None:
    county = select(_COUNTY.name_en).where(_COUNTY.code == bindparam("its_code"))
    for _ in range(7):
        with database.snapshot() as session:
            session.execute(county, {"its_code": "330881"})
    prepared = text("SELECT statement FROM pg_prepared_statements")
    with database.snapshot() as session:
        assert any("county.name_en" in each for each in session.scalars(prepared))


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_who_waits_for_the_database_holds_no_other_thread(database: Database) -> None:
    taken = cast(func.pg_advisory_xact_lock(bindparam("key", type_=BigId)), String)
    lock = Prepared(select(taken.label("taken")))
    found: list[object] = []
    waits = threading.Thread(target=lambda: found.extend(database.look_up(lock, {"key": 7})))
    with database.transaction() as session:
        lock.run(connection_of(session), {"key": 7})
        waits.start()
        while not database.look_up(_WAITING, {}):
            assert waits.is_alive()
        assert found == []
    waits.join()
    assert found == [("",)]


def test_all_kinds_of_values_come_back_as_they_went(database: Database) -> None:
    values = {
        "number": -(2**40),
        "words": "常山\n'\"%s\\ \x7f😀",
        "truth": False,
        "day": date(1988, 5, 20),
        "tree": {"是": [1, None, 1.5, True, "\u2028"]},
        "absent": None,
    }
    kinds = (BigId, String, Boolean, Date, Json, String)
    binds = [
        bindparam(f"its_{name}", type_=kind).label(name)
        for name, kind in zip(values, kinds, strict=True)
    ]
    given = {f"its_{name}": value for name, value in values.items()}
    (row,) = database.look_up(Prepared(select(*binds)), given)
    assert row._asdict() == values
