"""Writing without a question in between: all of it durable, or none."""

import pytest
from sqlalchemy import bindparam, insert, select, update

from lms.accounts.models import County
from lms.db.prepared import Prepared
from lms.db.session import Database
from tests.support.databases import hang_up
from tests.support.statements import asked

_COUNTY = County.__table__.c
_NEW = Prepared(insert(County.__table__).returning(_COUNTY.code), "code", "name_zh", "name_en")
_MOVED = Prepared(
    update(County.__table__)
    .where(_COUNTY.code == bindparam("its_code"))
    .values(code=bindparam("new_code"))
    .returning(_COUNTY.code)
)
_CHANGSHAN = {"code": "330822", "name_zh": "常山县", "name_en": "Changshan"}
_MOVE = {"its_code": "330822", "new_code": "330823"}


def codes(database: Database) -> list[str]:
    with database.snapshot() as session:
        return list(session.scalars(select(County.code).order_by(County.code)))


def test_what_is_written_at_once_stands(database: Database) -> None:
    assert database.write_at_once([_NEW], _CHANGSHAN) is True
    other = Database(database.url.render_as_string(hide_password=False))
    assert codes(other) == ["330822"]
    other.dispose()


def test_where_the_first_finds_nothing_nothing_is_written(database: Database) -> None:
    others = [_NEW] if database.is_sqlite else []
    assert database.write_at_once([_MOVED, *others], _MOVE | _CHANGSHAN) is False
    assert codes(database) == []


def test_what_is_refused_leaves_nothing_and_the_next_works(database: Database) -> None:
    assert database.write_at_once([_NEW], _CHANGSHAN) is True
    assert database.write_at_once([_NEW], _CHANGSHAN | {"name_zh": "乙"}) is False
    assert database.write_at_once([_MOVED], _MOVE) is True
    assert codes(database) == ["330823"]
    assert database.engine.pool.checkedout() == 0


@pytest.mark.parametrize("engine", ["sqlite"])
def test_a_later_statement_that_is_refused_takes_the_first_with_it(database: Database) -> None:
    assert database.write_at_once([_NEW], _CHANGSHAN) is True
    assert database.write_at_once([_MOVED, _NEW], _MOVE | _CHANGSHAN | {"code": None}) is False
    assert codes(database) == ["330822"]


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_postgresql_is_sent_one_message(database: Database) -> None:
    with asked(database) as said:
        assert database.write_at_once([_NEW], _CHANGSHAN) is True
    assert len(said) == 1


@pytest.mark.parametrize("engine", [pytest.param("postgresql", marks=pytest.mark.postgres)])
def test_after_a_restart_it_says_no_once(database: Database) -> None:
    assert database.write_at_once([_NEW], _CHANGSHAN) is True
    hang_up(database)
    assert database.write_at_once([_MOVED], _MOVE) is False
    assert database.write_at_once([_MOVED], _MOVE) is True
