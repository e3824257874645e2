"""/confirm, /me/password, /me/phone and /me/devices."""

import pytest
from sqlalchemy import select

from lms.accounts.models import Person, SignIn
from lms.notify.models import SmsMessage
from tests.factories.accounts import make_person, make_sign_in, sent_code, sign_in
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as, with_password

NEW = "green-tea-2026"
NEW_PHONE = "13957005678"
PRIVATE = ["/me/password", "/me/phone"]
OWN = [*PRIVATE, "/me/devices", "/confirm", "/me/phone/code"]


@pytest.mark.parametrize("path", OWN)
def test_a_visitor_signs_in_first_and_comes_back(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.location == f"/sign-in?next={path}"


@pytest.mark.parametrize("path", PRIVATE)
def test_what_is_private_asks_again_who_it_is(client, learner, path):
    sign_in(client, learner)
    assert client.get(path).location == f"/confirm?next={path}"
    assert client.post(path, data={"password": NEW, "phone": NEW_PHONE}).status_code == 302
    answer = client.post("/confirm", data={"password": PASSWORD, "next": path})
    assert answer.location == path
    assert client.get(path).status_code == 200


@pytest.mark.parametrize("password", ["", "not-this-one"])
def test_a_wrong_password_confirms_nothing(client, learner, password):
    sign_in(client, learner)
    assert client.post("/confirm", data={"password": password}).status_code == 422
    assert client.get("/me/password").status_code == 302


def test_guessing_the_password_there_is_limited_too(client, learner):
    sign_in(client, learner)
    codes = [client.post("/confirm", data={"password": "guess"}).status_code for _ in range(11)]
    assert codes == [422] * 10 + [429]


def test_who_has_no_password_confirms_by_a_code_to_the_own_number(client, database):
    with database.transaction() as session:
        person = make_person(session, phone=PHONE)
    sign_in(client, person)
    assert 'name="password"' not in client.get("/confirm").text
    sent = client.post("/confirm/code", data={"next": "/me/password"})
    assert sent.location == "/confirm?next=/me/password&by=code"
    answer = client.post(
        "/confirm", data={"code": sent_code(database, PHONE), "next": "/me/password"}
    )
    assert answer.location == "/me/password"
    assert client.get("/me/password").status_code == 200


def test_confirming_leads_to_no_other_site(client, learner):
    sign_in(client, learner)
    answer = client.post("/confirm", data={"password": PASSWORD, "next": "//evil.example"})
    assert answer.location == "/"


def test_a_new_password_signs_every_other_device_out_and_renews_this_one(
    app, confirmed, database, learner
):
    with database.transaction() as session:
        make_sign_in(session, learner)
    copied = confirmed.get_cookie("session").value
    assert confirmed.post("/me/password", data={"password": NEW}).location == "/me/devices"
    assert signed_in_as(confirmed) == learner.name
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert signed_in_as(thief) is None
    with database.snapshot() as session:
        live = session.scalars(select(SignIn).where(SignIn.revoked_at.is_(None))).all()
        assert len(live) == 1
    assert with_password(thief, password=NEW).status_code == 303


@pytest.mark.parametrize("password", ["", "short", PHONE, "password", "x" * 300])
def test_a_weak_password_is_refused_and_the_old_one_stays(app, confirmed, password):
    answer = confirmed.post("/me/password", data={"password": password})
    assert answer.status_code == 422
    assert 'id="password-fault"' in answer.text
    assert with_password(app.test_client()).status_code == 303


def move(client, database, phone=NEW_PHONE):
    assert client.post("/me/phone", data={"phone": phone}).location == "/me/phone/code"
    return client.post("/me/phone/code", data={"code": sent_code(database, phone)})


def test_the_number_moves_with_a_code_to_the_new_one_and_the_old_one_is_told(
    confirmed, database, learner
):
    assert move(confirmed, database).location == "/me/devices"
    with database.snapshot() as session:
        assert session.get_one(Person, learner.id).phone == NEW_PHONE
        told = session.scalars(select(SmsMessage.text).where(SmsMessage.phone == PHONE)).one()
        assert "139****5678" in told
    assert signed_in_as(confirmed) == learner.name


def test_a_number_of_somebody_else_is_not_taken_and_not_told_before_the_proof(
    confirmed, database, learner
):
    with database.transaction() as session:
        make_person(session, phone=NEW_PHONE)
    answer = move(confirmed, database)
    assert answer.status_code == 409
    assert "已经有人在用" in answer.text
    with database.snapshot() as session:
        assert session.get_one(Person, learner.id).phone == PHONE


def test_a_wrong_code_moves_nothing(confirmed, database, learner):
    confirmed.post("/me/phone", data={"phone": NEW_PHONE})
    wrong = f"{(int(sent_code(database, NEW_PHONE)) + 1) % 1_000_000:06d}"
    assert confirmed.post("/me/phone/code", data={"code": wrong}).status_code == 422
    with database.snapshot() as session:
        assert session.get_one(Person, learner.id).phone == PHONE


def test_a_code_cannot_be_given_before_a_number(confirmed):
    assert confirmed.post("/me/phone/code", data={"code": "123456"}).location == "/me/phone"


@pytest.mark.parametrize("phone", ["", "123", "<script>"])
def test_a_new_number_that_is_none_is_refused(confirmed, phone):
    assert confirmed.post("/me/phone", data={"phone": phone}).status_code == 422


def test_devices_are_named_as_people_know_them(client, database, learner):
    with database.transaction() as session:
        make_sign_in(session, learner, device="iphone safari")
    sign_in(client, learner)
    page = client.get("/me/devices").text
    assert "苹果手机" in page
    assert "安卓手机" in page
    assert "微信" in page
    assert page.count(">让它退出<") == 1


def test_one_device_is_signed_out_by_its_owner(app, client, learner):
    lost = app.test_client()
    row = sign_in(lost, learner)
    sign_in(client, learner)
    assert client.post(f"/me/devices/{row.id}/sign-out").status_code == 303
    assert signed_in_as(lost) is None
    assert signed_in_as(client) == learner.name


@pytest.mark.parametrize(
    "id_of", [lambda row: row.id, lambda row: row.id + 999, lambda _row: 2**70]
)
def test_a_strangers_device_is_not_found_like_one_that_never_was(
    app, client, database, learner, id_of
):
    other = app.test_client()
    with database.transaction() as session:
        stranger = make_person(session, name="王小二")
    row = sign_in(other, stranger)
    sign_in(client, learner)
    assert client.post(f"/me/devices/{id_of(row)}/sign-out").status_code == 404
    assert signed_in_as(other) == "王小二"


def test_everywhere_means_here_too(app, client, learner):
    other = app.test_client()
    sign_in(other, learner)
    sign_in(client, learner)
    answer = client.post("/me/devices/sign-out")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert signed_in_as(client) is None
    assert signed_in_as(other) is None
