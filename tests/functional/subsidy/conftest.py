"""A signed-in learner of a subsidised course; a desk, and a learner who was decided about."""

import os
import time
from pathlib import Path

import pytest
from flask import Flask

from lms.accounts.gateway import keys_of
from lms.db.session import Database, now
from lms.settings import Settings
from lms.subsidy import service
from lms.subsidy.gateway import shelf
from tests.factories.accounts import sign_in
from tests.factories.claims import Claimant, make_claimant
from tests.factories.policies import Desk
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
def claimant(database: Database, settings: Settings) -> Claimant:
    """Somebody who may claim."""
    with database.transaction() as session:
        return make_claimant(session, keys_of(settings))


@pytest.fixture
def claiming(client: Client, claimant: Claimant) -> Client:
    """The claimant's browser."""
    sign_in(client, claimant.person)
    return client


@pytest.fixture
def age_file():
    """Call it to make a file look two hours old."""

    def aged(path: Path) -> None:
        old = time.time() - 2 * 60 * 60
        os.utime(path, (old, old))

    return aged


@pytest.fixture
def desk(app: Flask, database: Database) -> Desk:
    return Desk(app, database)


@pytest.fixture
def decided(database: Database) -> Subsidised:
    with database.transaction() as session:
        own = make_subsidised(session)
        make_known(session, own.person)
        service.decide_people(session, people=[own.person.id], shelf=shelf(), now=now(session))
        return own
