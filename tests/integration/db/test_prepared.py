"""Statements said straight to the driver: the same values, errors and listeners as otherwise."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Table, bindparam, func, insert, literal_column, select
from sqlalchemy.exc import IntegrityError, OperationalError

from lms.accounts.models import Person
from lms.db.base import BigId, UtcDateTime
from lms.db.prepared import Prepared
from lms.db.session import Database
from lms.progress.models import StudyClock
from tests.factories.accounts import make_person
from tests.support.statements import asked

_CLOCKS: Table = StudyClock.__table__  # type: ignore[assignment]
_NEW = Prepared(insert(_CLOCKS), columns=[each.name for each in _CLOCKS.columns])
_FIND = Prepared(select(_CLOCKS).where(_CLOCKS.c.person_id == bindparam("whose")))


def values(database: Database, **changed: Any) -> dict[str, Any]:
    with database.transaction() as session:
        person_id = make_person(session).id
    clock = {"credit_mark_ms": 5, "seen_mark_ms": 2**40, "day_used": {"7": 3}, "prompt_in_ms": None}
    rest = {"read_at_ms": 0, "entries": None, "head": None, "ahead_ms": 0, "turn": 0}
    return {"person_id": person_id} | clock | rest | changed


def test_what_is_written_is_read_by_its_names(database: Database) -> None:
    row = values(database)
    with database.transaction() as session:
        _NEW.run(session.connection(), row)
    with database.snapshot() as session:
        found = _FIND.first(session.connection(), {"whose": row["person_id"]})
        assert found._asdict() == row
        assert _FIND.first(session.connection(), {"whose": -1}) is None


def test_moments_come_back_with_their_zone(database: Database) -> None:
    at = datetime(2026, 5, 1, 2, 3, 4, 5000, tzinfo=UTC)
    with database.transaction() as session:
        person = make_person(session, created_at=at)
        whose = Person.created_at == bindparam("at", type_=UtcDateTime())
        find = Prepared(select(Person.id, Person.created_at).where(whose))
        found = find.first(session.connection(), {"at": at})
    assert (found.id, found.created_at) == (person.id, at)


def test_a_value_that_is_made_anew_is_made_with_each_execution(database: Database) -> None:
    made = iter([1, 2])
    number = bindparam("number", callable_=lambda: next(made), type_=BigId)
    statement = Prepared(select((literal_column("10", BigId) + number).label("sum")))
    with database.snapshot() as session:
        sums = [statement.first(session.connection(), {}).sum for _ in range(2)]
    assert sums == [11, 12]


def test_what_the_database_refuses_is_the_error_it_always_is(database: Database) -> None:
    row = values(database, ahead_ms=-1)
    with pytest.raises(IntegrityError), database.transaction() as session:
        _NEW.run(session.connection(), row)


def test_a_connection_that_is_gone_is_known_to_be(database: Database) -> None:
    if database.is_sqlite:
        return  # has no connection that could go
    kill = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid()).label("done")))
    with pytest.raises(OperationalError) as gone, database.snapshot() as session:
        kill.first(session.connection(), {})
    assert gone.value.connection_invalidated
    with database.snapshot() as session:
        assert _FIND.first(session.connection(), {"whose": 1}) is None


def test_listeners_hear_every_statement(database: Database) -> None:
    with asked(database) as said, database.snapshot() as session:
        _FIND.first(session.connection(), {"whose": 1})
    assert len(said) == 1
    assert "study_clock" in said[0]
