"""/sign-out: what was copied dies with it."""

import pytest

from tests.functional.accounts.conftest import signed_in_as, with_password


def test_a_link_only_asks(client, learner):
    with_password(client)
    assert "退出登录吗" in client.get("/sign-out").text
    assert signed_in_as(client) == learner.name


@pytest.mark.usefixtures("learner")
def test_a_copied_cookie_dies_with_the_sign_out(app, client):
    with_password(client)
    copied = client.get_cookie("session").value
    answer = client.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    thief = app.test_client()
    thief.set_cookie("session", copied)
    assert signed_in_as(thief) is None
    assert signed_in_as(client) is None


def test_another_browser_of_the_person_stays_signed_in(app, client, learner):
    other = app.test_client()
    with_password(client)
    with_password(other)
    client.post("/sign-out")
    assert signed_in_as(other) == learner.name


def test_a_form_of_another_site_signs_nobody_out(client, learner):
    with_password(client)
    assert client.post("/sign-out", csrf=False).status_code == 400
    assert signed_in_as(client) == learner.name


def test_a_visitor_signing_out_is_no_fault(client):
    assert client.post("/sign-out").status_code == 303
