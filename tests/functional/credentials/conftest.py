"""A signed badge of a learner of the county, and two administrators who may take it back."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms.accounts.models import Person
from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.credentials.models import Credential
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.credentials import make_badge
from tests.support.site import Client

Administrator = Callable[..., Client]


@pytest.fixture
def badge(database: Database, settings: Settings) -> Credential:
    """The badge of 林秀芳."""
    return make_badge(database, settings)


@pytest.fixture
def holder(app: Flask, database: Database, badge: Credential) -> Client:
    """The holder's browser."""
    with database.snapshot() as session:
        person = session.get_one(Person, badge.person_id)
    browser: Client = app.test_client()
    sign_in(browser, person)
    return browser


@pytest.fixture
def administrator(app: Flask, database: Database) -> Administrator:
    """Call it for an administrator's browser, in the county of the badge by default.

    ``confirmed`` is how old the last proof of who they are is.
    """

    def opened(
        name: str = "周敏",
        role: Role = Role.ADMINISTRATOR,
        confirmed: timedelta = timedelta(0),
        **person: str,
    ) -> Client:
        with database.transaction() as session:
            made = make_person(session, name=name, **person)
            make_grant(session, made, role, Scope(ScopeKind.COUNTY, made.county_code))
        browser: Client = app.test_client()
        sign_in(browser, made, confirmed_at=utc_now() - confirmed)
        return browser

    return opened
