"""Two claims of one person at the same moment: only PostgreSQL lets two write at once."""

from contextlib import ExitStack

import pytest

from lms.accounts.gateway import Keys
from lms.core.errors import Conflict
from lms.db.session import Database
from lms.subsidy import service
from lms.subsidy.service import HandedIn
from tests.factories.claims import ground, make_claimant, make_draft, make_rules, other_programme
from tests.support.waits import waiting


@pytest.fixture
def engine() -> str:
    return "postgresql"


@pytest.fixture(autouse=True)
def marked(request: pytest.FixtureRequest) -> None:
    request.node.add_marker(pytest.mark.postgres)


def test_who_hands_another_in_waits_for_the_first_and_sees_it(
    database: Database, keys: Keys
) -> None:
    """Of a cap of one a year the second would otherwise be decided without the first."""
    with database.transaction() as session:
        make_rules(session, a_year=1)
        own = make_claimant(session, keys)
        drafts = [make_draft(session, each) for each in (own, other_programme(session, own))]
        session.flush()
        first, second = (each.id for each in drafts)
    sent, said = HandedIn(0, has_promised=True, address="10.0.0.1"), []

    def hand_in_second() -> None:
        try:
            with database.transaction() as session:
                service.hand_in(
                    session, own.actor, claim_id=second, sent=sent, ground=ground(session)
                )
        except Conflict as error:
            said.append(error.code)

    with ExitStack() as handing_in, ExitStack() as meanwhile:
        session = handing_in.enter_context(database.transaction())
        service.hand_in(session, own.actor, claim_id=first, sent=sent, ground=ground(session))
        meanwhile.enter_context(waiting(database, [hand_in_second]))
        handing_in.close()
    assert said == ["claim_not_met"]
