"""A learner in front of a quiz, and a stranger beside them."""

from collections.abc import Callable

import pytest
from flask import Flask

from lms.assessment.models import Attempt
from lms.db.session import Database
from tests.factories.accounts import carry
from tests.factories.assessment import Taker, make_attempt, make_learner, make_taker, right_letters
from tests.support.site import Client

SignIn = Callable[[str], Client]


@pytest.fixture
def browser_of(app: Flask) -> SignIn:
    """Call it with a sign-in's token for that person's browser."""

    def opened(token: str) -> Client:
        client = app.test_client()
        carry(client, token)
        return client

    return opened


@pytest.fixture
def taker(database: Database) -> Taker:
    """A learner whose lesson quiz may be tried as often as they like."""
    with database.transaction() as session:
        return make_taker(session)


@pytest.fixture
def learner(browser_of: SignIn, taker: Taker) -> Client:
    """The learner's browser."""
    return browser_of(taker.token)


@pytest.fixture
def stranger(browser_of: SignIn, database: Database, taker: Taker) -> Client:
    """The browser of somebody else who takes the same course."""
    with database.transaction() as session:
        return browser_of(make_taker(session, course=taker.course, name="王桂香").token)


@pytest.fixture
def outsider(browser_of: SignIn, database: Database) -> Client:
    """The browser of somebody who takes no course."""
    with database.transaction() as session:
        return browser_of(make_learner(session)[1])


@pytest.fixture
def attempt(database: Database, taker: Taker) -> int:
    """The learner's open attempt."""
    with database.transaction() as session:
        return make_attempt(session, taker).id


@pytest.fixture
def right(database: Database, attempt: int) -> dict[int, tuple[str, ...]]:
    """The right letters of each question of the open attempt."""
    with database.snapshot() as session:
        return right_letters(session, session.get_one(Attempt, attempt))
