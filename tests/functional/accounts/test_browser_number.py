"""The random number a browser keeps: given at sign-in, kept over signing out, good for nothing."""

import re
from dataclasses import replace
from http.cookies import SimpleCookie

import pytest
from sqlalchemy import select

from lms.accounts.models import SignIn
from lms.app import create_app
from lms.core.ids import digest
from tests.factories.accounts import sent_code
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as, with_password
from tests.support import site

SHAPE = re.compile(r"[A-Za-z0-9_-]{32}")
YEAR = "31536000"
HTTPS = "https://localhost"


def given(answer, name="browser"):
    """Return the cookie as the answer sets it, ``None`` where it does not."""
    jar = SimpleCookie()
    for header in answer.headers.getlist("Set-Cookie"):
        jar.load(header)
    return jar.get(name)


def number_of(client):
    cookie = client.get_cookie("browser")
    return cookie.value if cookie else None


def stored(database):
    """Return what the sign-ins hold, oldest first."""
    with database.snapshot() as session:
        return list(session.scalars(select(SignIn.browser_hash).order_by(SignIn.id)))


@pytest.mark.usefixtures("learner")
def test_signing_in_gives_the_browser_a_number_no_script_reads(client, database):
    cookie = given(with_password(client))
    assert SHAPE.fullmatch(cookie.value)
    assert (cookie["max-age"], cookie["path"], cookie["domain"]) == (YEAR, "/", "")
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", "")
    assert stored(database) == [digest(cookie.value)], "the number itself is stored nowhere"


def enter_over_https(client):
    token = client.get("/api/v1/session", base_url=HTTPS).json["csrf_token"]
    answer = client.post(
        "/api/v1/session",
        base_url=HTTPS,
        json={"phone": PHONE, "password": PASSWORD},
        headers={"X-CSRF-Token": token, "Referer": f"{HTTPS}/"},
        csrf=False,
    )
    assert answer.status_code == 200
    return answer


@pytest.mark.usefixtures("learner")
def test_with_https_it_is_bound_to_the_host(settings, database, queue):
    made = create_app(replace(settings, base_url=HTTPS), database=database, queue=queue)
    made.test_client_class = site.Client
    client = made.test_client()
    client.set_cookie("browser", "p" * 32)
    answer = enter_over_https(client)
    cookie = given(answer, "__Host-browser")
    assert (cookie["secure"], cookie["path"], cookie["domain"]) == (True, "/", "")
    assert (cookie["httponly"], cookie["samesite"], cookie["max-age"]) == (True, "Lax", YEAR)
    assert given(answer) is None
    assert cookie.value != "p" * 32, "a page of another host could have planted the plain one"
    assert given(enter_over_https(client), "__Host-browser").value == cookie.value
    assert stored(database) == [digest(cookie.value)] * 2


@pytest.mark.usefixtures("learner")
def test_who_only_visits_or_does_not_get_in_is_given_none(client, database):
    answers = [client.get(path) for path in ("/", "/sign-in", "/privacy", "/api/v1/session")]
    answers += [with_password(client, password="not-this-one"), client.post("/sign-out")]
    answers.append(client.post("/sign-in", data={"phone": PHONE}))
    assert [given(answer) for answer in answers] == [None] * len(answers)
    assert stored(database) == []


def test_the_next_person_in_the_browser_gets_the_same_and_a_new_year(
    client, database, learner, administrator
):
    first = given(with_password(client)).value
    assert given(client.post("/sign-out")) is None
    assert number_of(client) == first
    again = given(with_password(client, administrator.phone))
    assert (again.value, again["max-age"]) == (first, YEAR)
    client.delete("/api/v1/session")
    client.post("/me/devices/sign-out")
    with_password(client)
    assert stored(database) == [digest(first)] * 3
    assert signed_in_as(client) == learner.name


@pytest.mark.usefixtures("learner")
def test_another_browser_of_the_same_person_has_another(app, client, database):
    with_password(client)
    with_password(app.test_client())
    one, other = stored(database)
    assert one != other


@pytest.mark.usefixtures("learner")
@pytest.mark.parametrize(
    "forged",
    ["", "1", "a" * 31, "a" * 33, "a" * 4_000, "林" * 32, "a" * 31 + "\n", "'; DROP--" * 4],
)
def test_what_was_not_given_by_us_is_replaced(client, database, forged):
    client.set_cookie("browser", forged)
    fresh = given(with_password(client)).value
    assert fresh != forged
    assert SHAPE.fullmatch(fresh)
    assert stored(database) == [digest(fresh)]


@pytest.mark.usefixtures("learner")
def test_it_opens_nothing(app, client):
    with_password(client)
    thief = app.test_client()
    thief.set_cookie("browser", number_of(client))
    assert signed_in_as(thief) is None
    assert thief.get("/me/devices").status_code != 200


def test_losing_it_signs_nobody_out(client, learner):
    with_password(client)
    client.delete_cookie("browser")
    assert signed_in_as(client) == learner.name
    assert client.get("/me/devices").status_code == 200


@pytest.mark.usefixtures("county")
def test_a_new_person_by_code_and_a_new_password_leave_it_too(client, database):
    client.post("/api/v1/session/code", json={"phone": PHONE})
    sent = {"phone": PHONE, "code": sent_code(database, PHONE), "name": "王小二", "agreed": True}
    number = given(client.post("/api/v1/session", json=sent)).value
    client.post("/sign-out")
    client.post("/forgot-password", data={"phone": PHONE})
    sent = {"code": sent_code(database, PHONE), "password": "green-pomelo-43"}
    assert given(client.post("/forgot-password/code", data=sent)).value == number
    assert stored(database) == [digest(number)] * 2
