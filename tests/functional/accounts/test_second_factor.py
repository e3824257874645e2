"""/me/second-factor and /sign-in/second-step: the second step of staff."""

import re

import pyotp
import pytest
from sqlalchemy import select

from lms.accounts.models import TotpSecret
from lms.accounts.service import totp
from lms.core.clock import utc_now
from lms.db.session import now
from tests.factories.accounts import sign_in
from tests.functional.accounts.conftest import PASSWORD, signed_in_as, with_password


@pytest.fixture
def otp(database, keys):
    """Call it for what the app shows; each call is a step later, as each number is good once."""
    steps = iter((0, 30))

    def read():
        with database.snapshot() as session:
            row = session.scalars(select(TotpSecret)).one()
            at = now(session).timestamp()
        secret = totp.plain_secret(row, keys=keys).replace(" ", "")
        return pyotp.TOTP(secret).at(int(at) + next(steps))

    return read


@pytest.fixture
def enrolled(database, administrator, keys):
    with database.transaction() as session:
        totp.begin(session, administrator.id, keys=keys, now=now(session))
        session.scalars(select(TotpSecret)).one().confirmed_at = now(session)
    return administrator


def test_it_is_set_up_with_the_picture_or_the_letters(client, database, administrator, otp):
    sign_in(client, administrator, confirmed_at=utc_now())
    assert client.get("/me/second-factor/qr.svg").status_code == 404
    assert client.post("/me/second-factor").status_code == 303
    picture = client.get("/me/second-factor/qr.svg")
    assert picture.mimetype == "image/svg+xml"
    assert picture.headers["Cache-Control"] == "no-store"
    assert re.search(r"([A-Z2-7]{4} ){7}[A-Z2-7]{4}", client.get("/me/second-factor").text)
    answer = client.post("/me/second-factor/finish", data={"otp": otp()})
    assert answer.location == "/staff/figures"
    assert client.get("/me/second-factor/qr.svg").status_code == 404
    with database.snapshot() as session:
        assert session.scalars(select(TotpSecret)).one().confirmed_at is not None


def test_setting_it_up_asks_again_who_it_is(client, administrator):
    sign_in(client, administrator)
    assert client.post("/me/second-factor").location.startswith("/confirm")


def test_a_wrong_number_does_not_turn_it_on(client, administrator, database, otp):
    sign_in(client, administrator, confirmed_at=utc_now())
    client.post("/me/second-factor")
    wrong = f"{(int(otp()) + 1) % 1_000_000:06d}"
    assert client.post("/me/second-factor/finish", data={"otp": wrong}).status_code == 422
    with database.snapshot() as session:
        assert session.scalars(select(TotpSecret)).one().confirmed_at is None


def test_a_learner_needs_none(client, learner):
    sign_in(client, learner)
    assert client.get("/me/second-factor").status_code == 403


def test_a_visitor_signs_in_first(client):
    assert client.get("/me/second-factor").location.startswith("/sign-in")
    assert client.get("/me/second-factor/qr.svg").location.startswith("/sign-in")


@pytest.mark.usefixtures("enrolled")
def test_the_password_alone_does_not_let_staff_in(client, otp):
    answer = with_password(client, "13800099001")
    assert answer.location == "/sign-in/second-step"
    assert signed_in_as(client) is None
    assert client.get("/sign-in/second-step").status_code == 200
    done = client.post("/sign-in/second-step", data={"otp": otp()})
    assert done.location == "/staff/figures"
    assert signed_in_as(client) == "周敏"


@pytest.mark.usefixtures("enrolled")
def test_a_number_used_once_lets_nobody_else_in(app, client, otp):
    number = otp()
    with_password(client, "13800099001")
    client.post("/sign-in/second-step", data={"otp": number})
    thief = app.test_client()
    with_password(thief, "13800099001")
    assert thief.post("/sign-in/second-step", data={"otp": number}).status_code == 422
    assert signed_in_as(thief) is None


@pytest.mark.usefixtures("enrolled")
def test_guessing_the_second_step_is_limited(client, otp):
    with_password(client, "13800099001")
    wrong = f"{(int(otp()) + 1) % 1_000_000:06d}"
    codes = [
        client.post("/sign-in/second-step", data={"otp": wrong}).status_code for _ in range(11)
    ]
    assert codes == [422] * 10 + [429]


@pytest.mark.parametrize("number", ["", "12345", "abcdef"])
def test_without_a_first_step_there_is_no_second(client, number):
    assert client.post("/sign-in/second-step", data={"otp": number}).status_code == 422
    assert client.post("/sign-in/second-step", data={"otp": "123456"}).status_code == 401


def test_where_it_is_demanded_staff_without_it_reach_only_its_page(strict_app, administrator, otp):
    client = strict_app.test_client()
    with_password(client, administrator.phone)
    for page in ("/", "/staff/completions", "/me/devices", "/courses"):
        assert client.get(page).location.startswith("/me/second-factor"), page
    refused = client.get("/api/v1/exports/x")
    assert (refused.status_code, refused.json["code"]) == (403, "second_factor_required")
    assert client.get("/me/second-factor").status_code == 200
    client.post("/confirm", data={"password": PASSWORD})
    client.post("/me/second-factor")
    client.post("/me/second-factor/finish", data={"otp": otp()})
    assert client.get("/me/devices").status_code == 200


def test_where_it_is_demanded_it_cannot_be_turned_off(strict_app, enrolled):
    client = strict_app.test_client()
    sign_in(client, enrolled, confirmed_at=utc_now(), second_factor_at=utc_now())
    assert client.post("/me/second-factor/remove").status_code == 409


def test_where_it_is_optional_it_can(client, database, enrolled):
    sign_in(client, enrolled, confirmed_at=utc_now(), second_factor_at=utc_now())
    assert client.post("/me/second-factor/remove").status_code == 303
    with database.snapshot() as session:
        assert session.scalars(select(TotpSecret)).all() == []


def test_learners_are_not_asked_where_staff_are(strict_app, learner):
    client = strict_app.test_client()
    sign_in(client, learner)
    assert client.get("/me/devices").status_code == 200


def test_with_an_app_it_is_the_app_that_confirms(client, enrolled, otp):
    sign_in(client, enrolled)
    assert 'name="otp"' in client.get("/confirm").text
    answer = client.post("/confirm", data={"otp": otp(), "next": "/me/password"})
    assert answer.location == "/me/password"
    assert client.get("/me/password").status_code == 200
