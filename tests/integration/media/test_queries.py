import pytest
from sqlalchemy import event

from lms.core.access import Actor, Grant, Role, Scope, ScopeKind
from lms.core.errors import NotFound
from lms.media import queries
from tests.factories.accounts import make_person
from tests.factories.media import make_asset, make_caption


def instructor(person_id, kind=ScopeKind.COURSE):
    return Actor(person_id, "王老师", (Grant(Role.INSTRUCTOR, Scope(kind, "1")),), sign_in_id=1)


@pytest.fixture
def asset(database, owner_id):
    with database.transaction() as session:
        asset = make_asset(session, owner_id=owner_id)
        make_caption(session, asset, language="en")
        make_caption(session, asset)
        return asset


def test_facts_of_many_assets_take_no_more_statements_than_those_of_one(database):
    with database.transaction() as session:
        ids = [make_asset(session).id for _ in range(5)] + [make_asset(session, state="queued").id]
    counted = []
    event.listen(database.engine, "before_cursor_execute", lambda *a: counted.append(a[2]))
    with database.snapshot() as session:
        found = queries.asset_facts(session, ids)
    assert set(found) == set(ids)
    assert len([statement for statement in counted if statement.startswith("SELECT")]) == 4


def test_captions_are_named_chinese_first(database, asset):
    with database.snapshot() as session:
        facts = queries.asset_facts(session, [asset.id])[asset.id]
    assert list(facts.captions) == ["zh", "en"]


def test_a_ready_asset_is_playable_in_one_statement(database, asset):
    with database.transaction() as session:
        queued = make_asset(session, state="queued")
    with database.snapshot() as session:
        found = queries.playable(session, asset.id)
        assert queries.playable(session, queued.id) is None
    assert found.version == asset.version
    assert [file.label for file in found.renditions] == ["480p", "240p"]
    assert list(found.captions) == ["zh", "en"]


def test_facts_are_for_the_owner_the_platform_and_who_manages_the_asset(database, asset, owner_id):
    with database.transaction() as session:
        stranger_id = make_person(session).id
    with database.snapshot() as session:

        def seen_by(actor, managed=None):
            return queries.facts_for(session, asset.id, actor=actor, managed=managed).asset_id

        assert seen_by(instructor(owner_id)) == asset.id
        assert seen_by(instructor(stranger_id, ScopeKind.PLATFORM)) == asset.id
        assert seen_by(instructor(stranger_id), managed=asset.id) == asset.id
        with pytest.raises(NotFound):
            seen_by(instructor(stranger_id))
        with pytest.raises(NotFound):
            seen_by(instructor(stranger_id), managed="another")
