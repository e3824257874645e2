"""The holder's badges."""

from flask import Flask

from lms.credentials.models import Credential
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.credentials import make_graduate, make_pending
from tests.support.site import Client
from tests.support.statements import assert_cheap


def test_the_holder_sees_the_badge_whole_and_how_to_take_it_along(
    holder: Client, badge: Credential
) -> None:
    shown = holder.get("/me/badges").text
    assert "林秀芳" in shown
    assert badge.serial in shown
    for form in ("json", "jwt", "png", "svg", "pdf"):
        assert f"/credentials/{badge.id}.{form}" in shown
    assert f"/credentials/{badge.id}/qr.svg" in shown
    assert "不是国家职业技能等级证书" in shown


def test_the_page_asks_little_of_the_database(
    holder: Client, database: Database, badge: Credential
) -> None:
    assert_cheap(holder, database, "/me/badges")


def test_a_badge_being_signed_is_announced(client: Client, database: Database) -> None:
    with database.transaction() as session:
        graduate = make_graduate(session)
        make_pending(session, graduate)
    sign_in(client, graduate.person)
    shown = client.get("/me/badges").text
    assert "1 枚徽章正在签发" in shown
    assert "还没有徽章" not in shown


def test_without_a_badge_the_page_says_how_to_get_one(client: Client, database: Database) -> None:
    with database.transaction() as session:
        person = make_person(session)
    sign_in(client, person)
    shown = client.get("/me/badges").text
    assert "还没有徽章" in shown
    assert "/courses" in shown


def test_nobody_changes_how_anothers_name_is_shown(
    app: Flask, client: Client, database: Database, badge: Credential
) -> None:
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    answer = client.post(f"/me/badges/{badge.id}/name", data={"shows": "1"})
    assert answer.status_code == 404
    with database.snapshot() as session:
        assert session.get_one(Credential, badge.id).shows_name is False


def test_a_strangers_badge_asked_for_by_address_is_not_shown(
    client: Client, database: Database, badge: Credential
) -> None:
    with database.transaction() as session:
        stranger = make_person(session)
    sign_in(client, stranger)
    assert badge.serial not in client.get(f"/me/badges?badge={badge.id}").text


def test_visitors_are_asked_to_sign_in(client: Client) -> None:
    assert "/sign-in" in client.get("/me/badges").location
    assert client.get("/api/v1/me/credentials").status_code == 401


def test_programs_read_ones_own_badges(holder: Client, badge: Credential) -> None:
    answer = holder.get("/api/v1/me/credentials").get_json()
    (item,) = answer["items"]
    assert (item["id"], item["number"], item["state"]) == (badge.id, badge.serial, "valid")
    assert (item["credit_hours"], item["score_percent"]) == (2.0, 80)
    assert item["page"] == f"http://localhost/credentials/{badge.id}"
    assert answer["next"] is None
