"""/api/v1/session: signing in for programs."""

import pyotp
import pytest
from sqlalchemy import select

from lms.accounts.models import OneTimeCode, Person, TotpSecret
from lms.accounts.service import totp
from lms.core.access import Role, Scope, ScopeKind
from lms.db.session import now
from tests.factories.accounts import make_grant, sent_code, sign_in
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as

URL = "/api/v1/session"


def enter(client, **body):
    return client.post(URL, json=body)


def test_a_visitor_is_told_so_and_gets_a_token(client):
    answer = client.get(URL).json
    assert (answer["signed_in"], answer["person"]) == (False, None)
    assert len(answer["csrf_token"]) > 20


def test_the_token_of_the_answer_is_the_one_that_works(app, learner):
    client = app.test_client()
    token = client.get(URL).json["csrf_token"]
    entered = client.post(
        URL,
        json={"phone": PHONE, "password": PASSWORD},
        headers={"X-CSRF-Token": token},
        csrf=False,
    )
    assert entered.json["person"]["id"] == learner.id
    stale = client.delete(URL, headers={"X-CSRF-Token": token}, csrf=False)
    assert (stale.status_code, stale.json["code"]) == (400, "csrf_failed")
    fresh = client.delete(URL, headers={"X-CSRF-Token": entered.json["csrf_token"]}, csrf=False)
    assert fresh.json["signed_in"] is False


def test_roles_are_listed_with_their_scopes(client, database, administrator):
    with database.transaction() as session:
        make_grant(session, administrator, Role.MENTOR, Scope(ScopeKind.CLASS, "7"))
    answer = enter(client, phone=administrator.phone, password=PASSWORD)
    assert answer.json["person"] == {
        "id": administrator.id,
        "name": "周敏",
        "roles": [
            {"role": "administrator", "scope": "platform"},
            {"role": "mentor", "scope": "class:7"},
        ],
    }


@pytest.mark.usefixtures("learner")
def test_everyone_else_is_a_learner(client):
    answer = enter(client, phone=PHONE, password=PASSWORD)
    assert answer.json["person"]["roles"] == [{"role": "learner", "scope": "platform"}]


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize("phone", [PHONE, "13857005670"])
def test_wrong_is_wrong_for_known_and_unknown_numbers(client, phone):
    answer = enter(client, phone=phone, password="not-this-one")
    assert answer.status_code == 401
    assert answer.content_type == "application/problem+json"
    assert answer.json["code"] == "wrong_credentials"


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "body",
    [
        {},
        {"phone": 138},
        {"phone": None, "password": PASSWORD},
        {"phone": PHONE, "password": ["a"]},
        {"phone": PHONE, "password": "x" * 5000},
        {"phone": PHONE, "code": {"a": 1}},
        {"phone": PHONE, "code": "12"},
        [],
        "x",
        1.5,
    ],
)
def test_what_does_not_fit_is_refused_and_never_a_fault_of_ours(client, body):
    answer = client.post(URL, json=body)
    assert answer.status_code in (400, 422)
    assert "code" in answer.json
    assert signed_in_as(client) is None


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 50_000, b'{"phone":NaN'])
def test_bad_json_is_bad(client, data):
    answer = client.post(URL, data=data, content_type="application/json")
    assert answer.status_code == 400


def test_half_a_character_is_no_password(client):
    body = b'{"phone":"13857005678","password":"\\ud800"}'
    answer = client.post(URL, data=body, content_type="application/json")
    assert (answer.status_code, list(answer.json["fields"])) == (422, ["password"])


@pytest.mark.usefixtures("learner")
def test_fields_nobody_asked_for_change_nothing(client):
    enter(client, phone=PHONE, password=PASSWORD, roles=["administrator"], person_id=99)
    assert client.get(URL).json["person"]["roles"] == [{"role": "learner", "scope": "platform"}]


def test_a_code_is_sent_whoever_asks(client, database):
    answers = [client.post(f"{URL}/code", json={"phone": PHONE}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    with database.snapshot() as session:
        assert len(session.scalars(select(OneTimeCode)).all()) == 1


def test_over_the_limit_the_answer_is_the_same_and_nothing_is_sent(client, database):
    for number in range(25):
        sent = client.post(f"{URL}/code", json={"phone": f"138570056{number:02d}"})
        assert sent.status_code == 202
    with database.snapshot() as session:
        assert len(session.scalars(select(OneTimeCode)).all()) == 20


def test_a_person_comes_in_by_code(client, database, learner):
    client.post(f"{URL}/code", json={"phone": PHONE})
    answer = enter(client, phone=PHONE, code=sent_code(database, PHONE), agreed=True)
    assert answer.json["person"]["id"] == learner.id


@pytest.mark.usefixtures("county")
def test_somebody_new_sends_name_and_consent_along_and_the_code_stays_good_till_then(
    client, database
):
    client.post(f"{URL}/code", json={"phone": PHONE})
    code = sent_code(database, PHONE)
    assert "name" in enter(client, phone=PHONE, code=code).json["fields"]
    assert "agreed" in enter(client, phone=PHONE, code=code, name="王小二").json["fields"]
    answer = enter(client, phone=PHONE, code=code, name="王小二", agreed=True)
    assert answer.json["person"]["name"] == "王小二"
    with database.snapshot() as session:
        assert session.scalars(select(Person.phone)).all() == [PHONE]


@pytest.fixture
def otp(database, administrator, keys):
    with database.transaction() as session:
        at = now(session)
        totp.begin(session, administrator.id, keys=keys, now=at)
        row = session.scalars(select(TotpSecret)).one()
        row.confirmed_at = at
        secret = totp.plain_secret(row, keys=keys).replace(" ", "")
    return pyotp.TOTP(secret).at(at)


def test_who_has_a_second_factor_needs_it(client, administrator, otp):
    body = {"phone": administrator.phone, "password": PASSWORD}
    without = enter(client, **body)
    assert (without.status_code, without.json["code"]) == (401, "otp_required")
    assert signed_in_as(client) is None
    wrong = enter(client, **body, otp=f"{(int(otp) + 1) % 1_000_000:06d}")
    assert wrong.status_code in (401, 422)
    assert signed_in_as(client) is None
    assert enter(client, **body, otp=otp).status_code == 200
    assert signed_in_as(client) == "周敏"


def test_confirming_takes_the_right_password_only(client, learner):
    sign_in(client, learner)
    assert client.post(f"{URL}/confirm", json={"password": "no"}).status_code == 422
    assert client.get("/me/password").status_code == 302
    assert client.post(f"{URL}/confirm", json={"password": PASSWORD}).status_code == 200
    assert client.get("/me/password").status_code == 200


def test_a_visitor_confirms_nothing(client):
    answer = client.post(f"{URL}/confirm", json={"password": PASSWORD})
    assert (answer.status_code, answer.json["code"]) == (401, "not_signed_in")


@pytest.mark.usefixtures("learner")
def test_signing_out_ends_the_copied_cookie(app, client):
    enter(client, phone=PHONE, password=PASSWORD)
    copied = client.get_cookie("session").value
    answer = client.delete(URL)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert signed_in_as(thief) is None


@pytest.mark.usefixtures("learner")
def test_every_change_needs_the_token(client):
    answer = client.post(URL, json={"phone": PHONE, "password": PASSWORD}, csrf=False)
    assert (answer.status_code, answer.json["code"]) == (400, "csrf_failed")
