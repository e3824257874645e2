"""What the tests of media's addresses share."""

from dataclasses import dataclass

import pytest

from lms.core.access import Actor, Role, Scope, ScopeKind
from lms.core.clock import utc_now
from lms.media import queries, service
from lms.media.domain.tickets import Right
from lms.media.models import Asset
from tests.factories.accounts import make_person, make_staff, sign_in
from tests.factories.media import make_asset, write_files
from tests.support.site import Client

SIZE = 2_500_000


@dataclass(frozen=True)
class Watcher:
    """A signed-in person, their browser and a ticket for the asset."""

    client: Client
    actor: Actor
    ticket: str

    def get(self, name, **kwargs):
        """Fetch one of the asset's files."""
        return self.client.get(f"/media/{self.ticket}/{name}", **kwargs)


@pytest.fixture
def asset(database) -> Asset:
    with database.transaction() as session:
        return make_asset(session)


@pytest.fixture
def files(settings, asset) -> dict[str, bytes]:
    """The bytes of the asset's files by name."""
    return write_files(settings.media_dir, asset, size=SIZE)


@pytest.fixture
def new_client(app, database):
    """Sign a new person in; return their browser and who they are."""

    def new_client(role=None, scope=None):
        with database.transaction() as session:
            person = make_staff(session, role, scope) if role else make_person(session)
        client = app.test_client()
        row = sign_in(client, person)
        return client, Actor(person.id, person.name, (), row.id)

    return new_client


@pytest.fixture
def issue(database, settings, asset):
    """Issue a ticket for the asset."""

    def issue(actor, *, right=Right.WATCH, at=None, secret_key=settings.secret_key):
        with database.snapshot() as session:
            facts = queries.asset_facts(session, [asset.id])[asset.id]
        return service.issue_ticket(secret_key, facts, actor, right=right, at=at or utc_now())

    return issue


@pytest.fixture
def watcher(new_client, issue) -> Watcher:
    client, actor = new_client()
    return Watcher(client, actor, issue(actor))


@pytest.fixture
def instructor(new_client):
    """An instructor of one course, and who they are."""
    return new_client(Role.INSTRUCTOR, Scope(ScopeKind.COURSE, "1"))
