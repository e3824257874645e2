"""A county with people, and browsers at its desk."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask

from lms.core.access import Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.db.session import Database
from tests.factories.accounts import make_grant, make_person, sign_in
from tests.factories.roster import Small, make_small_county
from tests.support.site import Client

OpenDesk = Callable[..., Client]


@pytest.fixture
def small(database: Database) -> Small:
    """The small county, committed."""
    with database.transaction() as session:
        return make_small_county(session)


@pytest.fixture
def open_desk(app: Flask, database: Database, small: Small) -> OpenDesk:
    """Call it for a browser at the small county's desk; ``confirmed`` is how old the proof is."""

    def opened(
        role: Role = Role.ADMINISTRATOR,
        scope: Scope | None = None,
        *,
        confirmed: timedelta = timedelta(0),
        **overrides: str,
    ) -> Client:
        with database.transaction() as session:
            person = make_person(session, **{"name": "周敏", **overrides})
            make_grant(session, person, role, scope or Scope(ScopeKind.COUNTY, person.county_code))
        client: Client = app.test_client()
        sign_in(client, person, confirmed_at=utc_now() - confirmed)
        return client

    return opened
