"""A learner of a subsidised course, of whom only the usual is known."""

import pytest

from lms.db.session import Database
from lms.subsidy import queries
from lms.subsidy.gateway import shelf
from lms.subsidy.queries import Meter
from tests.factories.subsidy import TODAY, Subsidised, make_known, make_subsidised


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
