import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from lms.db.session import Database
from tests.factories.media import make_asset, make_caption

_SHA = "a" * 64


def refused_by(database: Database, statement: str) -> str:
    """Return the name of the promise that stops the statement."""
    with pytest.raises(IntegrityError) as raised, database.transaction() as session:
        session.execute(text(statement))
    return str(raised.value.orig)


@pytest.fixture
def ready(database):
    with database.transaction() as session:
        return make_asset(session).id


@pytest.mark.parametrize("column", ["duration_ms", "version", "width", "height", "ready_at"])
def test_an_asset_is_not_ready_without_what_players_need(database, column):
    with database.transaction() as session:
        asset = make_asset(session, state="queued")
    complete = {
        "duration_ms": "1000",
        "version": "'v'",
        "width": "2",
        "height": "2",
        "ready_at": "CURRENT_TIMESTAMP",
    }
    del complete[column]
    values = ", ".join(f"{name} = {value}" for name, value in complete.items())
    assert "ck_asset_ready" in refused_by(
        database, f"UPDATE asset SET state = 'ready', {values} WHERE id = '{asset.id}'"
    )


@pytest.mark.parametrize(
    "change", ["duration_ms = 1", "state = 'queued'", f"sha256 = '{_SHA}'", "duration_ms = NULL"]
)
def test_a_ready_asset_keeps_its_length_and_content_whoever_asks(database, ready, change):
    assert "a ready asset keeps its content and length" in refused_by(
        database, f"UPDATE asset SET {change} WHERE id = '{ready}'"
    )


def test_without_the_trigger_the_length_of_a_ready_asset_could_be_changed(database, ready):
    on_table = "" if database.is_sqlite else " ON asset"
    with database.transaction() as session:
        session.execute(text(f"DROP TRIGGER asset_ready_is_final{on_table}"))
        session.execute(text(f"UPDATE asset SET duration_ms = 1 WHERE id = '{ready}'"))


def test_a_failed_asset_says_why(database):
    with database.transaction() as session:
        asset = make_asset(session, state="processing")
    assert "ck_asset_failed" in refused_by(
        database, f"UPDATE asset SET state = 'failed' WHERE id = '{asset.id}'"
    )


def test_a_course_folder_brings_the_same_content_once(database):
    with database.transaction() as session:
        make_asset(session, sha256=_SHA)
    with pytest.raises(IntegrityError), database.transaction() as session:
        make_asset(session, sha256=_SHA)


def test_an_asset_has_one_rendition_a_label_and_one_caption_a_language(database):
    with database.transaction() as session:
        asset = make_asset(session)
        make_caption(session, asset)
    with pytest.raises(IntegrityError), database.transaction() as session:
        make_caption(session, asset)
    again = (
        "INSERT INTO rendition (asset_id, label, width, height, byte_size, bit_rate, sha256) "
        f"VALUES ('{asset.id}', '240p', 2, 2, 1, 1, 'x')"
    )
    assert "rendition" in refused_by(database, again)


def test_states_labels_and_languages_are_those_of_the_rules(database):
    with database.transaction() as session:
        asset = make_asset(session, state="queued")
    assert "ck_asset_state" in refused_by(
        database, f"UPDATE asset SET state = 'done' WHERE id = '{asset.id}'"
    )
    assert "ck_caption_language" in refused_by(
        database,
        "INSERT INTO caption (asset_id, language, text, source_name) "
        f"VALUES ('{asset.id}', 'fr', '', '')",
    )
