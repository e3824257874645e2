"""/sign-in and /sign-up: the number, with a password or asking for a code."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from lms.accounts.models import OneTimeCode, SignIn
from lms.app import create_app
from lms.core.access import Role
from lms.db.session import now
from tests.factories.accounts import make_person, make_staff, sent_code
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as, with_password
from tests.support import site


@pytest.mark.parametrize("path", ["/sign-in", "/sign-up", "/sign-in?way=password"])
def test_the_form_is_shown_to_anyone(client, path):
    answer = client.get(path)
    assert answer.status_code == 200
    assert "用手机号登录" in answer.text


def test_the_tick_starts_empty(client):
    assert 'name="agreed" value="1">' in client.get("/sign-in").text


def test_an_english_reader_gets_english(client):
    assert "Sign in with your phone" in client.get("/sign-in?lang=en").text


def test_a_learner_comes_in_by_password(client, learner):
    answer = with_password(client, "138 5700 5678")
    assert (answer.status_code, answer.location) == (303, "/")
    assert signed_in_as(client) == learner.name


@pytest.mark.parametrize(
    ("role", "desk"),
    [
        (Role.INSTRUCTOR, "/studio"),
        (Role.ADMINISTRATOR, "/staff/figures"),
        (Role.SUPERVISOR, "/supervision"),
    ],
)
def test_staff_land_on_their_desk(client, database, keys, role, desk):
    with database.transaction() as session:
        make_staff(session, role, phone=PHONE, password_hash=keys.passwords.hash(PASSWORD))
    assert with_password(client).location == desk


@pytest.mark.usefixtures("learner")
def test_people_come_back_to_where_they_wanted(client):
    assert with_password(client, next="/courses?q=1").location == "/courses?q=1"


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "place", ["https://evil.example/", "//evil.example", "/\\evil.example", "/\t/evil.example"]
)
def test_nobody_is_led_to_another_site(client, place):
    assert with_password(client, next=place).location == "/"


def wrong(client, phone, password):
    answer = with_password(client, phone, password)
    return answer.status_code, answer.text.replace(phone, "N").split("<main", 1)[1].split("csrf")[0]


@pytest.mark.usefixtures("learner")
def test_a_wrong_password_an_unknown_number_and_no_password_look_alike(client, database):
    with database.transaction() as session:
        make_person(session, phone="13857005679")
    answers = [
        wrong(client, phone, "not-this-one") for phone in (PHONE, "13857005679", "13857005670")
    ]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0][0] == 401
    assert "手机号或密码不对" in answers[0][1]
    assert signed_in_as(client) is None


@pytest.mark.parametrize("phone", ["", "123", "+1 212 555 0100", "1385700567a", "\x00"])
def test_a_number_that_is_none_is_said_at_its_field(client, phone):
    answer = client.post("/sign-in", data={"phone": phone})
    assert answer.status_code == 422
    assert 'id="phone-fault"' in answer.text
    assert 'aria-invalid="true"' in answer.text


def test_what_was_typed_is_still_there_and_harmless(client):
    answer = client.post("/sign-in", data={"phone": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text
    assert "&lt;script&gt;" in answer.text


@pytest.mark.usefixtures("learner")
def test_after_ten_wrong_passwords_even_the_right_one_waits(client):
    for _ in range(10):
        with_password(client, password="not-this-one")
    answer = with_password(client)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert signed_in_as(client) is None


@pytest.mark.usefixtures("learner")
def test_right_passwords_are_not_counted(client):
    for _ in range(15):
        assert with_password(client).status_code == 303


@pytest.mark.usefixtures("learner")
def test_the_count_outlives_a_restart(client, settings, database, queue):
    for _ in range(10):
        with_password(client, password="not-this-one")
    restarted = create_app(settings, database=database, queue=queue)
    restarted.test_client_class = site.Client
    assert with_password(restarted.test_client()).status_code == 429


@pytest.mark.usefixtures("learner")
def test_a_form_without_its_token_is_refused(client):
    answer = client.post("/sign-in", data={"phone": PHONE, "password": PASSWORD}, csrf=False)
    assert answer.status_code == 400
    assert signed_in_as(client) is None


def test_a_cookie_planted_before_does_not_become_the_signed_in_one(app, client, learner):
    client.get("/sign-in")
    client.csrf_token()
    planted = client.get_cookie("session").value
    with_password(client)
    assert client.get_cookie("session").value != planted
    stranger = app.test_client()
    stranger.set_cookie("session", planted)
    assert signed_in_as(stranger) is None
    assert signed_in_as(client) == learner.name


def test_the_form_token_of_before_is_worth_nothing_after(client, learner):
    before = client.csrf_token()
    with_password(client)
    answer = client.post("/sign-out", headers={"X-CSRF-Token": before}, csrf=False)
    assert answer.status_code == 400
    assert signed_in_as(client) == learner.name


def test_signing_in_again_ends_the_sign_in_before(client, database, learner):
    with_password(client)
    old = client.get_cookie("session").value
    with_password(client)
    client.set_cookie("session", old)
    assert signed_in_as(client) is None
    with database.snapshot() as session:
        live = session.scalars(select(SignIn).where(SignIn.revoked_at.is_(None))).all()
        assert [row.person_id for row in live] == [learner.id]


def test_a_cookie_signed_with_another_key_is_nobody(client):
    client.set_cookie("session", "eyJfdXNlcl9pZCI6IjEifQ.ahK3mQ.1q1q1q1q1q1q1q1q1q1q1q1q1q1")
    assert signed_in_as(client) is None


def test_an_unknown_host_gets_nothing(settings, database, queue):
    site_app = create_app(
        replace(settings, trusted_hosts=("xiangbo.example",)), database=database, queue=queue
    )
    client = site_app.test_client()
    assert client.get("/sign-in", headers={"Host": "evil.example"}).status_code == 400
    assert client.get("/sign-in", headers={"Host": "xiangbo.example"}).status_code == 200


def test_a_number_is_sent_a_code_and_its_owner_asked_for_it(client, database):
    answer = client.post("/sign-in", data={"phone": "138 5700 5678"})
    assert (answer.status_code, answer.location) == (303, "/sign-in/code")
    assert len(sent_code(database, PHONE)) == 6


@pytest.mark.usefixtures("learner")
def test_known_and_unknown_numbers_are_answered_alike(client):
    answers = []
    for phone in (PHONE, "13857005679"):
        sent = client.post("/sign-in", data={"phone": phone})
        page = client.get("/sign-in/code").text.split("<main", 1)[1]
        answers.append(
            (sent.status_code, sent.location, page.split("csrf_token")[0].replace(phone[-4:], ""))
        )
    assert answers[0] == answers[1]


def let_a_minute_pass(database):
    with database.transaction() as session:
        for row in session.scalars(select(OneTimeCode)):
            row.created_at = now(session) - timedelta(seconds=61)


def test_the_sixth_code_in_an_hour_is_not_sent(client, database):
    for _ in range(5):
        assert client.post("/sign-in", data={"phone": PHONE}).status_code == 303
        let_a_minute_pass(database)
    answer = client.post("/sign-in", data={"phone": PHONE})
    assert answer.status_code == 429
    assert "试得太多了" in answer.text
    with database.snapshot() as session:
        assert len(session.scalars(select(OneTimeCode)).all()) == 5


@pytest.mark.usefixtures("learner")
def test_a_signed_in_person_can_be_followed_by_another(client, administrator):
    with_password(client)
    with_password(client, administrator.phone)
    assert signed_in_as(client) == "周敏"
