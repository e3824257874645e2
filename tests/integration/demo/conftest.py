"""A site as `make run` makes it: demo people with a history, and counties at work."""

from collections.abc import Callable

import pytest

from lms.accounts.gateway import Keys, keys_of
from lms.db.session import Database
from lms.demo.service import Settled, Wish, seed, settle
from lms.settings import Settings
from tests.factories.subsidy import make_subsidised_course

Plant = Callable[..., Settled]


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return keys_of(settings)


@pytest.fixture
def plant(database: Database, keys: Keys) -> Plant:
    """Make so many learners, and what their counties work at."""

    def planted(learners: int = 30, enrollments: int | None = None) -> Settled:
        wanted = max(0, learners - 3) if enrollments is None else enrollments
        wish = Wish(learners, wanted, seed=1, password_hash="hash")
        seed(database, wish, lambda _made, _total: None)
        return settle(database, wish, keys)

    return planted


@pytest.fixture
def planted(database: Database, plant: Plant) -> Settled:
    """The whole demo, with one course for each of the two programmes."""
    with database.transaction() as session:
        make_subsidised_course(session)
        make_subsidised_course(session, programme="store-l5")
    return plant()
