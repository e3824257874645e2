"""What the tests of the catalog share."""

from collections.abc import Callable

import pytest

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.db.session import Database
from tests.factories.accounts import make_person

MakeActor = Callable[..., Actor]


@pytest.fixture
def actor_of(database: Database) -> MakeActor:
    """Call it for an instructor of a scope, of the platform where none is named."""

    def make(kind: ScopeKind = ScopeKind.PLATFORM, scope_id: object = "") -> Actor:
        with database.transaction() as session:
            person = make_person(session)
            grant = Grant(Role.INSTRUCTOR, Scope(kind, str(scope_id)))
            return Actor(person.id, person.name, (grant,), sign_in_id=0)

    return make


@pytest.fixture
def instructor(actor_of: MakeActor) -> Actor:
    return actor_of()
