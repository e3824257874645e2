"""A signed-in learner of a subsidised course."""

import pytest

from lms.db.session import Database
from tests.factories.accounts import sign_in
from tests.factories.subsidy import Subsidised, make_known, make_subsidised
from tests.support.site import Client


@pytest.fixture
def own(database: Database) -> Subsidised:
    with database.transaction() as session:
        made = make_subsidised(session)
        make_known(session, made.person)
        return made


@pytest.fixture
def learner(client: Client, own: Subsidised) -> Client:
    """The learner's browser."""
    sign_in(client, own.person)
    return client
