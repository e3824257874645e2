"""A signed-in learner of a subsidised course."""

import os
import time
from pathlib import Path

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


@pytest.fixture
def age_file():
    """Call it to make a file look two hours old."""

    def aged(path: Path) -> None:
        old = time.time() - 2 * 60 * 60
        os.utime(path, (old, old))

    return aged
