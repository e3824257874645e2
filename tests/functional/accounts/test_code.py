"""/sign-in/code and /sign-in/name: the six digits, and the name of somebody new."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.models import Consent, OneTimeCode, Person
from lms.db.session import now
from tests.factories.accounts import make_county, make_person, sent_code
from tests.functional.accounts.conftest import PHONE, signed_in_as


def ask(client, phone=PHONE, **fields):
    assert client.post("/sign-in", data={"phone": phone, **fields}).status_code == 303


def fill_in(client, code):
    return client.post("/sign-in/code", data={"code": code})


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_known_person_is_in_with_the_code(client, database, learner):
    ask(client, next="/courses", agreed="1")
    answer = fill_in(client, sent_code(database, PHONE))
    assert answer.location == "/courses"
    assert signed_in_as(client) == learner.name


def test_the_page_shows_the_masked_number_and_where_development_reads_messages(client):
    ask(client)
    page = client.get("/sign-in/code").text
    assert "138 **** 5678" in page
    assert PHONE not in page
    assert "开发环境：看短信" in page


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/name"])
def test_without_a_number_one_starts_at_the_beginning(client, path):
    assert client.get(path).location == "/sign-in"


@pytest.mark.parametrize("path", ["/sign-in/code", "/sign-in/code/again"])
def test_nobody_guesses_codes_without_a_number(client, path):
    assert client.post(path, data={"code": "123456"}).location == "/sign-in"


@pytest.mark.usefixtures("learner")
def test_a_wrong_code_is_said_and_the_fifth_spends_it(client, database):
    ask(client)
    code = sent_code(database, PHONE)
    for _ in range(4):
        assert "和短信里的不一样" in fill_in(client, other_than(code)).text
    assert "错了 5 次" in fill_in(client, other_than(code)).text
    assert fill_in(client, code).status_code == 422
    assert signed_in_as(client) is None


@pytest.mark.usefixtures("learner")
def test_an_old_code_is_refused(client, database):
    ask(client)
    with database.transaction() as session:
        row = session.scalars(select(OneTimeCode)).one()
        row.expires_at = now(session) - timedelta(seconds=1)
    answer = fill_in(client, sent_code(database, PHONE))
    assert answer.status_code == 422
    assert "不能用了" in answer.text


@pytest.mark.parametrize("code", ["", "40721", "1234567", "abcdef", "\x00", "１２３"])
def test_what_is_no_code_costs_no_try(client, database, code):
    ask(client)
    assert fill_in(client, code).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(OneTimeCode.tries)).one() == 0


@pytest.mark.usefixtures("learner")
def test_another_phone_cannot_use_the_code(app, client, database):
    ask(client)
    thief = app.test_client()
    thief.post("/sign-in", data={"phone": "13857005670"})
    assert fill_in(thief, sent_code(database, PHONE)).status_code == 422
    assert signed_in_as(thief) is None


def test_sending_again_waits_a_minute(client, database):
    ask(client)
    answer = client.post("/sign-in/code/again")
    assert answer.status_code == 422
    assert "秒后可以重发" in answer.text
    with database.transaction() as session:
        row = session.scalars(select(OneTimeCode)).one()
        row.created_at = now(session) - timedelta(seconds=61)
    assert client.post("/sign-in/code/again").status_code == 303
    with database.snapshot() as session:
        assert len(session.scalars(select(OneTimeCode)).all()) == 2


@pytest.mark.usefixtures("county")
def test_somebody_new_agrees_tells_the_name_and_is_in(client, database):
    ask(client, next="/courses")
    assert fill_in(client, sent_code(database, PHONE)).location == "/sign-in/name"
    assert signed_in_as(client) is None
    refused = client.post("/sign-in/name", data={"name": "王小二"})
    assert refused.status_code == 422
    assert "再打勾" in refused.text
    answer = client.post("/sign-in/name", data={"name": "王小二", "agreed": "1"})
    assert answer.location == "/courses"
    assert signed_in_as(client) == "王小二"
    with database.snapshot() as session:
        assert sorted(session.scalars(select(Consent.subject))) == ["privacy", "terms"]


@pytest.mark.usefixtures("county")
def test_who_ticked_at_the_number_is_not_asked_again(client, database):
    ask(client, agreed="1")
    page = client.get(fill_in(client, sent_code(database, PHONE)).location).text
    assert 'name="agreed"' not in page
    assert 'name="county"' not in page
    client.post("/sign-in/name", data={"name": "王小二"})
    assert signed_in_as(client) == "王小二"


def test_the_county_is_asked_where_there_are_two(client, database):
    with database.transaction() as session:
        make_county(session)
        make_county(session, "330881")
    ask(client, agreed="1")
    fill_in(client, sent_code(database, PHONE))
    assert "江山市" in client.get("/sign-in/name").text
    refused = client.post("/sign-in/name", data={"name": "王小二"})
    assert 'id="county-fault"' in refused.text
    client.post("/sign-in/name", data={"name": "王小二", "county": "330881"})
    with database.snapshot() as session:
        assert session.scalars(select(Person.county_code)).all() == ["330881"]


@pytest.mark.usefixtures("county")
@pytest.mark.parametrize("name", ["", " ", "林" * 51, "林\x00", "a\u202eb"])
def test_what_is_no_name_is_refused(client, database, name):
    ask(client, agreed="1")
    fill_in(client, sent_code(database, PHONE))
    answer = client.post("/sign-in/name", data={"name": name})
    assert answer.status_code == 422
    assert 'id="name-fault"' in answer.text


@pytest.mark.usefixtures("county")
def test_nobody_becomes_a_person_without_a_proven_number(client):
    answer = client.post("/sign-in/name", data={"name": "王小二", "agreed": "1"})
    assert answer.status_code == 409
    assert signed_in_as(client) is None


@pytest.mark.usefixtures("county")
def test_the_cookie_of_a_proof_never_opens_the_account_made_with_it(app, client, database):
    ask(client, agreed="1")
    fill_in(client, sent_code(database, PHONE))
    copied = client.get_cookie("session").value
    client.post("/sign-in/name", data={"name": "王小二"})
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert thief.post("/sign-in/name", data={"name": "贼"}).status_code == 409
    assert signed_in_as(thief) is None


def test_a_locked_person_is_told_to_call(client, database):
    with database.transaction() as session:
        make_person(session, phone=PHONE, state="locked")
    ask(client)
    answer = fill_in(client, sent_code(database, PHONE))
    assert answer.status_code == 403
    assert "12333" in answer.text
    assert signed_in_as(client) is None
