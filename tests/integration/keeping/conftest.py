"""Two learners of whom there is something everywhere, and a clerk."""

import pytest

from lms.accounts.gateway import keys_of
from lms.core.access import Role
from tests.factories.accounts import make_staff
from tests.factories.keeping import make_everything


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def clerk(database):
    with database.transaction() as session:
        return make_staff(session, Role.ADMINISTRATOR, name="周敏")


@pytest.fixture
def two(database, keys, clerk):
    with database.transaction() as session:
        return make_everything(session, keys, clerk), make_everything(session, keys, clerk)
