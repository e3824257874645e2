"""Signing villagers up at the village office: by a code they read out, or on paper."""

from datetime import date

import pytest
from sqlalchemy import func, select

from lms.accounts import queries
from lms.accounts.models import Consent, Person
from lms.core.access import Role
from tests.factories.accounts import make_person, sent_code
from tests.factories.identity import make_number

PHONE = "13911112222"
NAME = "詹阿婆"


def begin(desk, **sent):
    return desk.post("/staff/people/new", data=sent or {"way": "phone", "phone": PHONE})


def fill(desk, **sent):
    return desk.post("/staff/people/new/form", data={"name": NAME, "agreed": "1", **sent})


def made(database):
    with database.snapshot() as session:
        return session.scalar(select(Person).where(Person.name == NAME))


def agreed(database, person):
    with database.snapshot() as session:
        rows = session.scalars(select(Consent).where(Consent.person_id == person.id)).all()
    return {row.subject: (row.way, row.recorded_by_id is not None) for row in rows}


@pytest.fixture
def helper(open_desk):
    return open_desk(Role.MENTOR)


def test_a_villager_is_signed_up_by_the_code_they_read_out(helper, database):
    assert begin(helper).location == "/staff/people/new/form"
    number = make_number()
    answer = fill(
        helper,
        code=sent_code(database, PHONE),
        town="芳村镇",
        number=number,
        seen="1",
        sensitive="1",
        handover="1",
    )
    assert answer.status_code == 303
    person = made(database)
    assert answer.location == f"/staff/people/{person.id}"
    assert (person.phone, person.town, person.county_code) == (PHONE, "芳村镇", "330822")
    texts = ("terms", "privacy", "sensitive", "handover")
    assert agreed(database, person) == dict.fromkeys(texts, ("code", True))
    with database.snapshot() as session:
        assert queries.identity_of(session, person.id).state == "verified"


def test_what_they_did_not_say_yes_to_is_not_written_down(helper, database):
    begin(helper)
    fill(helper, code=sent_code(database, PHONE))
    person = made(database)
    assert sorted(agreed(database, person)) == ["privacy", "terms"]
    with database.snapshot() as session:
        assert queries.identity_of(session, person.id) is None


def test_without_a_phone_the_consent_stands_on_paper(helper, database):
    begin(helper, way="paper")
    assert fill(helper).status_code == 422
    assert made(database) is None
    assert fill(helper, paper="1").status_code == 303
    person = made(database)
    assert person.phone is None
    assert agreed(database, person)["terms"] == ("paper", True)


def test_every_box_starts_empty(helper, database):
    begin(helper)
    assert " checked" not in helper.get("/staff/people/new/form").text


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"agreed": ""}, "勾"),
        ({"name": ""}, "姓名"),
        ({"code": "000000"}, "验证码"),
        ({"number": "11010519491231002"}, "18 位"),
        ({"number": "11010519491231002X"}, "勾"),
        ({"county": "330881"}, "县"),
    ],
)
def test_what_is_missing_is_said_and_nobody_is_made(helper, database, sent, said):
    begin(helper)
    answer = fill(helper, **{"code": sent_code(database, PHONE), **sent})
    assert answer.status_code == 422
    assert said in answer.text
    assert made(database) is None


def test_a_child_is_not_signed_up(helper, database):
    begin(helper)
    number = make_number(date(2013, 1, 1))
    answer = fill(helper, code=sent_code(database, PHONE), number=number, sensitive="1")
    assert answer.status_code == 422
    assert "16 周岁" in answer.text
    assert made(database) is None
    # The code was not used up by what was refused.
    assert fill(helper, code=sent_code(database, PHONE)).status_code == 303


def test_a_number_in_use_is_said_without_whose(helper, database):
    with database.transaction() as session:
        make_person(session, phone=PHONE, name="程建军")
    begin(helper)
    answer = fill(helper, code=sent_code(database, PHONE))
    assert answer.status_code == 422
    assert "程建军" not in answer.text
    assert made(database) is None


def test_sending_codes_to_one_phone_is_limited(helper, database):
    codes = [begin(helper).status_code for _ in range(6)]
    assert codes[-1] == 429


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.INSTRUCTOR])
def test_other_roles_sign_nobody_up(open_desk, role):
    desk = open_desk(role)
    assert desk.get("/staff/people/new").status_code == 403
    assert begin(desk).status_code == 403


def test_the_form_alone_leads_to_the_beginning(helper, database):
    assert helper.get("/staff/people/new/form").location == "/staff/people/new"
    assert fill(helper, code="123456").location == "/staff/people/new"
    with database.snapshot() as session:
        assert session.scalar(select(func.count()).where(Person.name == NAME)) == 0
