"""How it was on an earlier day: for the learner, and where the desk finds the way there."""

from datetime import timedelta

import pytest
from flask import Flask

from lms.core.access import Role
from lms.core.clock import local_day, utc_now
from lms.db.session import Database
from tests.factories.accounts import make_person, sign_in
from tests.factories.subsidy import Subsidised
from tests.functional.subsidy.desks import open_desk
from tests.support.site import Client


def test_the_learner_sees_what_held_on_a_day_and_the_way_there(
    learner: Client, own: Subsidised, database: Database
) -> None:
    assert 'href="/me/subsidy/earlier"' in learner.get("/me/subsidy").text
    today = local_day(utc_now())
    learner.post("/me/facts/promise")
    learner.post("/me/facts/staff", data={"answer": "no"})
    page = learner.get(f"/me/subsidy/earlier?on={today}").text
    assert page.count("还没问到您") == 5
    # Yesterday she had not answered.
    page = learner.get(f"/me/subsidy/earlier?on={today - timedelta(days=1)}").text
    assert page.count("还没问到您") == 6
    assert "那天您还没有学" in learner.get("/me/subsidy/earlier?on=2026-04-01").text
    english = learner.get("/me/subsidy/earlier?lang=en&on=2026-04-01").text
    assert "On this day you learned nothing yet" in english


def test_a_day_that_is_none_is_said_beside_the_field(learner: Client) -> None:
    answer = learner.get("/me/subsidy/earlier?on=<script>")
    assert answer.status_code == 422
    assert 'id="on-fault"' in answer.text
    assert "&lt;script&gt;" not in answer.text
    ahead = local_day(utc_now()) + timedelta(days=9)
    page = learner.get(f"/me/subsidy/earlier?on={ahead}").text
    assert f'value="{local_day(utc_now())}"' in page


def test_who_takes_no_course_is_told_so_and_a_visitor_is_led_to_the_door(
    app: Flask, client: Client, database: Database
) -> None:
    assert "/sign-in" in client.get("/me/subsidy/earlier").headers["Location"]
    with database.transaction() as session:
        person = make_person(session)
    newcomer: Client = app.test_client()
    sign_in(newcomer, person)
    assert "/me/subsidy/earlier" not in newcomer.get("/me/subsidy").text
    assert "那天您还没有学" in newcomer.get("/me/subsidy/earlier").text


@pytest.mark.parametrize(
    "page", ["/staff/people/{id}/facts", "/staff/learners/{id}", "/supervision/learners/{id}"]
)
def test_the_desk_finds_the_way_and_it_is_open(
    app: Flask, database: Database, own: Subsidised, page: str
) -> None:
    role = Role.SUPERVISOR if "supervision" in page else Role.ADMINISTRATOR
    desk, _ = open_desk(app, database, county=own.person.county_code, role=role)
    way = f"/staff/policies/explain?person={own.person.id}"
    assert f'href="{way}"' in desk.get(page.format(id=own.person.id)).text
    shown = desk.get(way)
    assert shown.status_code == 200
    assert "林秀芳" in shown.text
    # It is the learner who is spoken of there, not to.
    assert "还没问到本人。" in shown.text
    assert "您" not in shown.text.partition("<main")[2]


def test_whose_facts_may_be_read_may_be_asked_about_without_a_course(
    app: Flask, database: Database, own: Subsidised
) -> None:
    with database.transaction() as session:
        person = make_person(session)
        county, person_id = person.county_code, person.id
    desk, _ = open_desk(app, database, county=county)
    way = f"/staff/policies/explain?person={person_id}"
    assert f'href="{way}"' in desk.get(f"/staff/people/{person_id}/facts").text
    assert desk.get(way).status_code == 200
    stranger, _ = open_desk(app, database, county="330881")
    assert stranger.get(way).status_code == 404
    assert stranger.get(f"/staff/policies/explain?person={own.person.id}").status_code == 404
