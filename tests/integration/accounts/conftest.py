"""What the tests of people share: a person, the keys, a browser that comes in."""

import pytest

from lms.accounts.domain.devices import visit_of
from lms.accounts.gateway import keys_of
from lms.core.access import Role
from tests.factories.accounts import make_person, make_staff
from tests.factories.identity import agree


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def visit():
    return visit_of(
        "Mozilla/5.0 (Linux; Android 10) MicroMessenger/8.0", number="n" * 32, replaces=None
    )


@pytest.fixture
def people(database):
    """Two learners who agreed that their numbers may be kept, and a clerk."""
    with database.transaction() as session:
        learner, other = make_person(session), make_person(session)
        clerk = make_staff(session, Role.ADMINISTRATOR)
        agree(session, learner, "sensitive")
        agree(session, other, "sensitive")
        return learner, other, clerk
