"""A learner of a subsidised course, of whom only the usual is known."""

import pytest

from lms.accounts.gateway import Keys, keys_of
from lms.core.access import Actor
from lms.db.session import Database
from lms.settings import Settings
from lms.subsidy import queries
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Meter
from tests.factories.claims import Claimant, make_approved, make_claimant, make_reviewer
from tests.factories.subsidy import TODAY, Subsidised, make_known, make_subsidised


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return keys_of(settings)


@pytest.fixture
def own(database: Database) -> Subsidised:
    with database.transaction() as session:
        made = make_subsidised(session)
        make_known(session, made.person)
        return made


def meters_of(database: Database, own: Subsidised) -> dict[str, Meter]:
    with database.snapshot() as session:
        found = queries.meters(session, own.person.id, shelf=shelf(), today=TODAY)
    return {meter.programme.slug: meter for meter in found}


def verdicts(meter: Meter) -> dict[str, tuple[str, str]]:
    return {row.result.id: (row.result.verdict.value, row.result.code) for row in meter.rows}


@pytest.fixture
def claimant(database: Database, keys: Keys) -> Claimant:
    with database.transaction() as session:
        return make_claimant(session, keys)


@pytest.fixture
def two(database: Database) -> tuple[Actor, Actor]:
    with database.transaction() as session:
        return make_reviewer(session, name="周敏"), make_reviewer(session, name="鲁晓东")


@pytest.fixture
def approved(
    database: Database, keys: Keys, two: tuple[Actor, Actor]
) -> list[tuple[Claimant, int]]:
    with database.transaction() as session:
        people = [make_claimant(session, keys) for _ in range(3)]
        made = [(each, make_approved(session, each, *two).id) for each in people]
        for each in people:
            session.refresh(each.person)
        return made
