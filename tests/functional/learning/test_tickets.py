"""Who gets the address of a video, and what it is worth once the right to it is gone."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from lms.accounts.models import SignIn
from lms.core.access import Actor
from lms.core.clock import utc_now
from lms.db.session import Database, now
from lms.enrollment import service as enrollment
from lms.media.models import Asset
from lms.settings import Settings
from tests.factories.accounts import sign_in
from tests.factories.media import write_files
from tests.functional.learning.conftest import School
from tests.support.site import Client

PLAIN = {"Accept": "application/json"}


@pytest.fixture
def address(learner: Client, school: School, database: Database, settings: Settings) -> str:
    """The address of the video as the learner's lesson page has it."""
    with database.snapshot() as session:
        write_files(settings.media_dir, session.scalars(select(Asset)).one())
    page = learner.get(f"/learn/{school.slug}/A01.video").text
    found = re.search(r'src="(/media/[^"]+/480p\.mp4)"', page)
    assert found is not None
    return found[1]


def leave(database: Database, school: School) -> None:
    with database.transaction() as session:
        enrollment.withdraw(
            session,
            actor=Actor(school.person.id, "", (), 0),
            course_id=school.course.course.id,
            now=now(session),
        )


def test_who_left_the_course_gets_no_new_address_from_that_moment(
    learner: Client, school: School, database: Database, address: str
) -> None:
    leave(database, school)
    answer = learner.get(f"/learn/{school.slug}/A01.video", follow_redirects=True)
    assert "/media/" not in answer.text


def test_an_address_handed_out_before_goes_on_in_that_browser_alone(
    learner: Client, app: Flask, school: School, database: Database, address: str
) -> None:
    leave(database, school)
    assert learner.get(address).status_code == 200
    assert app.test_client().get(address, headers=PLAIN).status_code == 403


def test_a_sign_in_that_was_ended_elsewhere_ends_its_addresses(
    learner: Client, database: Database, address: str
) -> None:
    assert learner.get(address).status_code == 200
    with database.transaction() as session:
        session.execute(update(SignIn).values(revoked_at=utc_now()))
    answer = learner.get(address, headers=PLAIN)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "ticket_not_yours")


def test_signing_in_anew_needs_the_lesson_anew(
    learner: Client, school: School, address: str
) -> None:
    learner.post("/sign-out")
    assert learner.get(address, headers=PLAIN).status_code == 403


def test_a_stranger_to_the_course_gets_no_address(
    client: Client, school: School, database: Database
) -> None:
    sign_in(client, school.stranger)
    answer = client.get(f"/learn/{school.slug}/A01.video", follow_redirects=True)
    assert answer.status_code == 200
    assert "/media/" not in answer.text
