"""/forgot-password: a new password by a code to the phone."""

import pytest

from tests.factories.accounts import sent_code
from tests.functional.accounts.conftest import PASSWORD, PHONE, signed_in_as, with_password

NEW = "green-tea-2026"


def ask(client, phone=PHONE):
    return client.post("/forgot-password", data={"phone": phone})


def set_new(client, code, password=NEW):
    return client.post("/forgot-password/code", data={"code": code, "password": password})


def test_a_forgotten_password_is_replaced_and_all_else_signed_out(app, client, database, learner):
    elsewhere = app.test_client()
    with_password(elsewhere)
    ask(client)
    assert set_new(client, sent_code(database, PHONE)).status_code == 303
    assert signed_in_as(client) == learner.name
    assert signed_in_as(elsewhere) is None
    assert with_password(elsewhere, password=PASSWORD).status_code == 401
    assert with_password(elsewhere, password=NEW).status_code == 303


@pytest.mark.usefixtures("learner")
def test_known_and_unknown_numbers_are_answered_alike(client, database):
    answers = []
    for phone in (PHONE, "13857005670"):
        answer = ask(client, phone)
        answers.append((answer.status_code, answer.location, len(sent_code(database, phone))))
    assert answers[0] == answers[1]


def test_a_number_nobody_has_gets_no_account_by_it(client, database):
    ask(client)
    answer = set_new(client, sent_code(database, PHONE))
    assert answer.status_code == 422
    assert "这个号还没来过" in answer.text
    assert signed_in_as(client) is None


@pytest.mark.usefixtures("learner")
def test_a_weak_password_costs_no_try_and_the_code_stays_good(client, database):
    ask(client)
    code = sent_code(database, PHONE)
    refused = set_new(client, code, PHONE)
    assert refused.status_code == 422
    assert 'id="password-fault"' in refused.text
    assert set_new(client, code).status_code == 303


@pytest.mark.usefixtures("learner")
def test_a_code_for_signing_in_sets_no_password(client, database):
    client.post("/sign-in", data={"phone": PHONE})
    code = sent_code(database, PHONE)
    with client.session_transaction() as cookie:
        cookie["entering"] = {"reset": PHONE}
    assert set_new(client, code).status_code == 422
    assert with_password(client).status_code == 303


@pytest.mark.parametrize("phone", ["", "123", "x"])
def test_a_number_that_is_none_is_refused(client, phone):
    assert ask(client, phone).status_code == 422


def test_without_a_number_one_starts_at_the_beginning(client):
    assert client.get("/forgot-password/code").location == "/forgot-password"
    assert set_new(client, "123456").location == "/forgot-password"
