"""What the tests of sign-in share: people, their password, and how they come in."""

from dataclasses import replace

import pytest

from lms.accounts.gateway import keys_of
from lms.app import create_app
from lms.core.access import Role
from lms.core.clock import utc_now
from tests.factories.accounts import make_county, make_person, make_staff, sign_in
from tests.support import site

PHONE = "13857005678"
PASSWORD = "blue-pomelo-42"


@pytest.fixture
def keys(settings):
    return keys_of(settings)


@pytest.fixture
def county(database):
    with database.transaction() as session:
        return make_county(session)


@pytest.fixture
def learner(database, keys):
    with database.transaction() as session:
        return make_person(session, phone=PHONE, password_hash=keys.passwords.hash(PASSWORD))


@pytest.fixture
def administrator(database, keys):
    with database.transaction() as session:
        return make_staff(
            session,
            Role.ADMINISTRATOR,
            phone="13800099001",
            name="周敏",
            password_hash=keys.passwords.hash(PASSWORD),
        )


@pytest.fixture
def confirmed(client, learner):
    """The learner's browser that has just proven again who it is."""
    sign_in(client, learner, confirmed_at=utc_now())
    return client


@pytest.fixture
def strict_app(settings, database, queue):
    """A site that demands the second factor of staff."""
    made = create_app(replace(settings, staff_mfa_required=True), database=database, queue=queue)
    made.test_client_class = site.Client
    return made


def signed_in_as(client):
    """Return the name of who is signed in, ``None`` for a visitor."""
    person = client.get("/api/v1/session").json["person"]
    return person["name"] if person else None


def with_password(client, phone=PHONE, password=PASSWORD, **fields):
    return client.post("/sign-in", data={"phone": phone, "password": password, **fields})
