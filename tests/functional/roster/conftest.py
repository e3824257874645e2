"""The county desk as browsers see it."""

from collections.abc import Callable

import pytest
from flask import Flask

from lms.db.session import Database
from tests.factories.enrollment import Staff
from tests.integration.roster.conftest import Small, build
from tests.support.site import Client

SignInAs = Callable[[Staff | None], Client]


@pytest.fixture
def small(database: Database) -> Small:
    """The small county, committed."""
    with database.transaction() as session:
        return build(session)


@pytest.fixture
def browser_of(app: Flask) -> SignInAs:
    """Call it for a browser in which the person is signed in, or nobody."""

    def open_browser(staff: Staff | None) -> Client:
        client: Client = app.test_client()
        if staff is not None:
            with client.session_transaction() as cookie:
                cookie["_user_id"] = staff.token
                cookie["_fresh"] = True
        return client

    return open_browser
