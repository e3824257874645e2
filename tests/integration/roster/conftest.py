"""The small county in the database, and who orders its lists."""

import pytest

from lms.accounts.gateway import Keys, keys_of
from lms.core.access import Actor, Scope, ScopeKind
from lms.db.session import Database
from lms.roster.domain.lines import Line
from lms.settings import Settings
from tests.factories.accounts import COUNTY
from tests.factories.roster import Small, make_small_county
from tests.integration.roster.exports import make_administrator

OWN = (Scope(ScopeKind.COUNTY, COUNTY),)
EVERYTHING = (Scope(ScopeKind.PLATFORM),)


@pytest.fixture
def small(database: Database) -> Small:
    """The county, committed."""
    with database.transaction() as session:
        return make_small_county(session)


@pytest.fixture
def administrator(database: Database, small: Small) -> Actor:
    """An administrator of the small county who has just proved who they are."""
    with database.transaction() as session:
        return make_administrator(session)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    """The keys numbers are sealed with."""
    return keys_of(settings)


def names(found: list[Line]) -> list[str]:
    """Return whose lines they are, in their order."""
    return [line.name for line in found]
