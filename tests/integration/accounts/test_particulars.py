"""Particulars in the database: columns for rosters, and what it refuses by itself."""

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from lms.accounts.domain.particulars import COLUMNS
from lms.accounts.models import Particulars, Person
from lms.accounts.queries import particulars_columns
from lms.accounts.service import particulars
from lms.db.session import now
from tests.factories.accounts import make_person

PLACE = {"hukou_code": "330822", "hukou_place": "浙江省常山县"}


@pytest.fixture
def person(database):
    with database.transaction() as session:
        made = make_person(session)
        make_person(session, name="周敏")
        particulars.write(
            session,
            person_id=made.id,
            said={**PLACE, "education": "初中", "residence_place": "常山"},
            by_id=made.id,
            now=now(session),
        )
        return made


def test_rosters_select_a_column_each_and_people_without_any_stay(database, person):
    found = particulars_columns()
    assert list(found.columns) == list(COLUMNS)
    statement = (
        select(Person.name, *found.columns.values())
        .outerjoin(Particulars, found.of_person)
        .order_by(Person.id)
    )
    with database.snapshot() as session:
        rows = [row._asdict() for row in session.execute(statement)]
    assert [row["name"] for row in rows] == ["林秀芳", "周敏"]
    known = {key: value for key, value in rows[0].items() if value is not None}
    assert known == {
        "name": "林秀芳",
        "education": "初中",
        "hukou_code": "330822 浙江省常山县",
        "residence_code": "常山",
    }
    assert {value for key, value in rows[1].items() if key != "name"} == {None}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("education", "文盲"),
        ("ethnicity", "火星族"),
        ("work_status", "退休"),
        ("insured", "1"),
        ("prior_level", "六级"),
        ("hukou_code", "33082X"),
        ("residence_code", "33082"),
    ],
)
def test_the_database_takes_nothing_that_is_not_of_the_lists(database, person, column, value):
    wrong = update(Particulars).values({column: value})
    with pytest.raises(DBAPIError), database.transaction() as session:
        session.execute(wrong)
    # Without the check it would.
    with database.transaction() as session:
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints = ON"))
        else:
            session.execute(
                text(f"ALTER TABLE particulars DROP CONSTRAINT ck_particulars_{column}")
            )
        assert session.execute(wrong).rowcount == 1
        if database.is_sqlite:
            session.execute(text("PRAGMA ignore_check_constraints = OFF"))


def test_a_list_fills_what_is_missing_and_the_database_keeps_what_stands(database, person):
    with database.transaction() as session:
        new = make_person(session)
        brought = {
            person.id: {"education": "本科", "hukou_place": "江山市", "address": "前庄村"},
            new.id: {"insured": "是"},
        }
        particulars.fill(session, brought, by_id=new.id, now=now(session))
    with database.snapshot() as session:
        old = session.get_one(Particulars, person.id)
        assert (old.education, old.hukou_place, old.address) == ("初中", "浙江省常山县", "前庄村")
        assert old.hukou_code == "330822"
        assert old.written_by_id == new.id
        assert session.get_one(Particulars, new.id).insured == "是"
