"""What the pages about facts ask of the database."""

from flask import Flask

from lms.db.session import Database
from tests.factories.subsidy import Subsidised
from tests.functional.subsidy.desks import open_desk
from tests.support.site import Client
from tests.support.statements import assert_cheap


def test_the_learners_pages_ask_little(
    learner: Client, own: Subsidised, database: Database
) -> None:
    learner.post("/me/facts/promise")
    for address in (
        "/me/facts",
        "/me/facts/group",
        "/me/certificates",
        "/me/subsidy",
        "/me/subsidy/earlier",
    ):
        assert_cheap(learner, database, address)


def test_the_desks_pages_ask_little(app: Flask, own: Subsidised, database: Database) -> None:
    desk, _ = open_desk(app, database)
    for address in (f"/staff/people/{own.person.id}/facts", "/staff/facts/lists"):
        assert_cheap(desk, database, address)
