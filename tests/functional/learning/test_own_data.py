"""/me/data: everything kept about one, for oneself alone; /me/close: an account that rests."""

import json

import pytest
from sqlalchemy import select

from lms.accounts import queries
from lms.accounts.gateway import keys_of
from lms.accounts.models import Person, SignIn
from lms.audit.models import AuditEntry
from lms.core.access import Role
from lms.core.clock import utc_now
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.identity import agree, make_identity
from tests.factories.notify import REASON, make_message
from tests.factories.subsidy import make_known, make_subsidised, make_watched


@pytest.fixture
def own(database):
    with database.transaction() as session:
        made = make_subsidised(session)
        make_known(session, made.person)
        make_watched(session, made, "A02/text", minutes=12)
        return made


@pytest.fixture
def browser(client, own):
    sign_in(client, own.person, confirmed_at=utc_now())
    return client


def test_all_that_is_kept_is_handed_out_and_nothing_of_others(browser, database, own, settings):
    keys = keys_of(settings)
    with database.transaction() as session:
        number = make_identity(session, own.person, keys)
        make_message(session, own.person, "claim_returned")
        other = make_subsidised(session)
        make_identity(session, other.person, keys)
    answer = browser.get("/me/data.json")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    data = json.loads(answer.text)
    assert [row["name"] for row in data["person"]] == [own.person.name]
    assert [row["number"] for row in data["identity"]] == [number]
    assert [row["credited_ms"] for row in data["watch_slice"]] == [12 * 60_000]
    assert {row["key"] for row in data["learner_fact"]} >= {"sex", "birth_date"}
    assert [row["params"]["reason"] for row in data["inbox_message"]] == [REASON]
    assert [row["id"] for row in data["enrollment"]] == [own.enrollment.id]
    people = {row.get("person_id", own.person.id) for rows in data.values() for row in rows}
    assert people == {own.person.id}


@pytest.mark.parametrize("secret", ["password_hash", "token_hash", "number_index"])
def test_what_lets_somebody_in_is_not_handed_out(browser, secret):
    assert secret not in browser.get("/me/data.json").text


def test_taking_it_asks_for_a_fresh_proof_and_is_written_down(client, database, own):
    sign_in(client, own.person)
    assert client.get("/me/data").status_code == 200
    assert client.get("/me/data.json").location.startswith("/confirm")
    sign_in(client, own.person, confirmed_at=utc_now())
    assert client.get("/me/data.json").status_code == 200
    with database.snapshot() as session:
        assert session.scalars(select(AuditEntry.action)).all() == ["data.taken"]


def test_who_may_have_the_number_of_somebody_else_takes_nothing(browser, database, own, settings):
    with database.transaction() as session:
        number = make_identity(session, own.person, keys_of(settings))
        session.get_one(Person, own.person.id).held_at = utc_now()
    answer = browser.get("/me/data.json")
    assert answer.status_code == 409
    assert number not in answer.text
    with database.snapshot() as session:
        assert session.scalars(select(AuditEntry.action)).all() == []


@pytest.mark.parametrize("path", ["/me/data", "/me/data.json"])
def test_a_visitor_signs_in_first(client, path):
    assert client.get(path).location == f"/sign-in?next={path}"


def test_a_closed_account_rests(browser, database, own, settings):
    with database.transaction() as session:
        make_identity(session, own.person, keys_of(settings))
        agree(session, own.person, "handover")
    phone = own.person.phone
    assert browser.post("/me/close").location == "/sign-in"
    with database.snapshot() as session:
        person = session.get_one(Person, own.person.id)
        assert (person.state, person.phone, person.former_phone) == ("closed", None, phone)
        assert not queries.live_consents(session, person.id)
        live = select(SignIn.id).where(SignIn.person_id == person.id, SignIn.revoked_at.is_(None))
        assert session.scalars(live).all() == []
        assert queries.identity_of(session, person.id) is not None
    assert browser.get("/me").location == "/sign-in?next=/me"


def test_closing_asks_for_a_fresh_proof(client, database, own):
    sign_in(client, own.person)
    assert client.post("/me/close").location.startswith("/confirm")
    with database.snapshot() as session:
        assert session.get_one(Person, own.person.id).state == "active"


def test_who_holds_a_role_gives_it_back_first(client, database):
    with database.transaction() as session:
        person = make_person(session)
        make_grant(session, person, Role.MENTOR)
    sign_in(client, person, confirmed_at=utc_now())
    assert client.post("/me/close").status_code == 409
    with database.snapshot() as session:
        assert session.get_one(Person, person.id).state == "active"
