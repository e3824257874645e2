"""The desk's page of a badge holds the watch ledger to what the badge was made from."""

import pytest
from sqlalchemy import text

from lms.credentials.models import Credential
from lms.db.session import Database
from lms.settings import Settings
from tests.factories.credentials import Graduate, issue_all, make_graduate, make_pending
from tests.factories.subsidy import make_watched
from tests.functional.credentials.conftest import Administrator
from tests.support.databases import drop_trigger

CHANGED = "学习记录和发徽章时不一样了"


@pytest.fixture
def graduate(database: Database) -> Graduate:
    """A learner with two entries in the ledger, who completed the course."""
    with database.transaction() as session:
        made = make_graduate(session)
        make_watched(session, made, "A01/text", minutes=40)
        make_watched(session, made, "A01/text", minutes=50)
        make_pending(session, made)
    return made


@pytest.fixture
def badge(database: Database, settings: Settings, graduate: Graduate) -> Credential:
    """The graduate's badge."""
    (made,) = issue_all(database, settings)
    return made


def test_the_ledger_is_what_it_was_though_more_was_studied_since(
    administrator: Administrator, badge: Credential, graduate: Graduate, database: Database
) -> None:
    with database.transaction() as session:
        make_watched(session, graduate, "A01/text", minutes=5)
    shown = administrator().get(f"/staff/badges/{badge.id}").text
    assert "2 条，和发徽章时一样" in shown
    assert CHANGED not in shown


@pytest.mark.parametrize(
    ("verb", "change"),
    [
        ("update", "UPDATE watch_slice SET credited = '[[0,1]]' WHERE id = :id"),
        ("delete", "DELETE FROM watch_slice WHERE id = :id"),
    ],
)
def test_an_entry_changed_or_gone_is_said_before_anybody_decides(
    administrator: Administrator, badge: Credential, database: Database, verb: str, change: str
) -> None:
    drop_trigger(database, f"watch_slice_no_{verb}", "watch_slice")
    with database.transaction() as session:
        first = session.scalar(text("SELECT min(id) FROM watch_slice"))
        session.execute(text(change), {"id": first})
    shown = administrator().get(f"/staff/badges/{badge.id}").text
    assert CHANGED in shown
    assert "和发徽章时一样" not in shown.replace(CHANGED, "")
