"""Cookies and form tokens: what was found good once is looked at again each time."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask, session
from sqlalchemy import update

from lms.accounts.models import Person, SignIn
from lms.core.clock import utc_now
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.support.site import Client

_BEATS = "/api/v1/leases/of-nobody/beats"
_BEAT = {"seq": 1, "played": [[0, 1]], "position": 1, "rate": 1, "state": "playing"}
_HTTPS = "https://localhost"


@pytest.fixture
def learner(database: Database) -> Person:
    with database.transaction() as opened:
        return make_person(opened)


@pytest.fixture
def browser(client: Client, learner: Person) -> Client:
    """A signed-in browser whose report was taken in once: its tokens are known to be good."""
    sign_in(client, learner)
    assert send(client) == (404, "not_found")
    return client


def send(client: Client, **options: object) -> tuple[int, str]:
    answer = client.post(_BEATS, json=_BEAT, **options)
    return answer.status_code, answer.json["code"]


def test_a_revoked_browser_is_refused_with_its_next_report(
    browser: Client, database: Database
) -> None:
    with database.transaction() as opened:
        opened.execute(update(SignIn).values(revoked_at=utc_now()))
    assert send(browser) == (401, "not_signed_in")


def test_a_locked_person_is_refused_with_their_next_report(
    browser: Client, database: Database
) -> None:
    with database.transaction() as opened:
        opened.execute(update(Person).values(state="locked"))
    assert send(browser) == (401, "not_signed_in")


def test_a_cookie_is_too_old_after_thirty_days_and_not_yet_good_before_it_was_made(
    browser: Client, database: Database
) -> None:
    with database.transaction() as opened:
        opened.execute(update(SignIn).values(expires_at=utc_now() + timedelta(days=99)))
    cookie = browser.get_cookie("session").value
    headers = {"X-CSRF-Token": browser.csrf_token()}
    for days, expected in ((29, 404), (31, 400), (-1, 400), (0, 404)):
        with time_machine.travel(utc_now() + timedelta(days=days)):
            browser.set_cookie("session", cookie)
            assert send(browser, headers=headers)[0] == expected, days


def test_a_changed_cookie_is_no_cookie(browser: Client) -> None:
    headers = {"X-CSRF-Token": browser.csrf_token()}
    cookie = browser.get_cookie("session").value
    assert send(browser, headers=headers)[0] == 404
    content, seal = cookie.split(".", 1)
    browser.set_cookie("session", f"{content}A.{seal}")
    assert send(browser, headers=headers) == (400, "csrf_failed")


def test_each_token_opens_its_own_cookie_alone(
    app: Flask, browser: Client, database: Database
) -> None:
    other = app.test_client()
    with database.transaction() as opened:
        person = make_person(opened)
    sign_in(other, person)
    theirs, ours = other.csrf_token(), browser.csrf_token()
    assert send(other, headers={"X-CSRF-Token": theirs})[0] == 404
    assert send(other, headers={"X-CSRF-Token": ours}) == (400, "csrf_failed")
    assert send(other, csrf=False) == (400, "csrf_failed")
    assert send(other, headers={"X-CSRF-Token": theirs + "x"}) == (400, "csrf_failed")


def test_over_https_a_report_comes_from_a_page_of_ours(browser: Client) -> None:
    token = {"X-CSRF-Token": browser.csrf_token()}
    for page, expected in (
        (f"{_HTTPS}/learn", 404),
        ("https://elsewhere.example/learn", 400),
        ("http://localhost/learn", 400),
        (None, 400),
    ):
        headers = token | ({"Referer": page} if page else {})
        assert send(browser, headers=headers, base_url=_HTTPS)[0] == expected, page


def test_a_token_in_the_header_excuses_no_wrong_one_in_a_form(browser: Client) -> None:
    token = browser.csrf_token()
    sent = {"headers": {"X-CSRF-Token": token}, "csrf": False}
    assert browser.post(_BEATS, data={"csrf_token": "wrong"}, **sent).status_code == 400
    assert browser.post(_BEATS, data={"csrf_token": token}, **sent).status_code != 400


def test_requests_share_nothing_of_a_cookie_that_could_be_changed(
    app: Flask, client: Client
) -> None:
    with client.session_transaction() as cookie:
        cookie["notes"] = ["one"]
        cookie["name"] = "a"
    headers = {"Cookie": f"session={client.get_cookie('session').value}"}
    for _ in range(2):
        with app.test_request_context("/", headers=headers):
            assert (session["notes"], session["name"]) == (["one"], "a")
            session["notes"].append("two")
            session["name"] = "b"


def test_caches_are_told_that_private_answers_hang_on_the_cookie(browser: Client) -> None:
    answer = browser.post(_BEATS, json=_BEAT)
    assert "Cookie" in answer.headers["Vary"]
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers.getlist("Set-Cookie") == []
