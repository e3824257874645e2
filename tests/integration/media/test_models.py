"""Promises of the tables, kept whoever writes."""

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from lms.core.clock import utc_now
from lms.media.models import Asset, Caption, Rendition
from tests.factories.accounts import make_person
from tests.factories.media import make_asset, make_caption
from tests.support.databases import drop_trigger

SHA = "a" * 64


@pytest.fixture
def change(database):
    """Change columns of an asset behind the back of the services."""

    def change(asset_id, **columns):
        with database.transaction() as session:
            session.execute(update(Asset).where(Asset.id == asset_id).values(**columns))

    return change


@pytest.fixture
def refused_by(change):
    """Return the promise that stops a change."""

    def refused_by(asset_id, **columns):
        with pytest.raises(IntegrityError) as raised:
            change(asset_id, **columns)
        return str(raised.value.orig)

    return refused_by


@pytest.fixture
def make(database):
    """Make an asset and return its id."""

    def make(**overrides):
        with database.transaction() as session:
            return make_asset(session, **overrides).id

    return make


@pytest.mark.parametrize("missing", ["duration_ms", "version", "width", "height", "ready_at"])
def test_an_asset_is_not_ready_without_what_players_need(make, change, refused_by, missing):
    asset_id = make(state="processing")
    complete = {
        "state": "ready",
        "duration_ms": 1000,
        "version": "v",
        "width": 2,
        "height": 2,
        "ready_at": utc_now(),
    }
    assert "ck_asset_ready" in refused_by(asset_id, **{**complete, missing: None})
    change(asset_id, **complete)


@pytest.mark.parametrize(
    "columns", [{"duration_ms": 1}, {"duration_ms": None}, {"state": "queued"}, {"sha256": SHA}]
)
def test_a_ready_asset_keeps_its_length_and_content_whoever_asks(make, refused_by, columns):
    assert "a ready asset keeps its content and length" in refused_by(make(), **columns)


def test_a_ready_asset_may_get_better_files(make, change):
    change(make(), version="0" * 32, has_poster=False)


def test_without_the_trigger_the_length_of_a_ready_asset_could_be_changed(database, make, change):
    drop_trigger(database, "asset_ready_is_final", "asset")
    change(make(), duration_ms=1)


def test_a_failed_asset_says_why_and_no_other_does(make, refused_by):
    assert "ck_asset_failed" in refused_by(make(state="processing"), state="failed")
    assert "ck_asset_failed" in refused_by(make(state="processing"), error_code="video_unreadable")


def test_only_an_asset_that_has_not_arrived_lacks_its_content(make, refused_by):
    assert "ck_asset_content" in refused_by(make(state="queued"), sha256=None)
    make(state="uploading", sha256=None)


def test_a_course_folder_brings_the_same_content_once(make):
    make(sha256=SHA)
    with pytest.raises(IntegrityError):
        make(sha256=SHA)


def test_an_owner_sends_the_same_content_once_and_another_owner_may_too(database, make):
    with database.transaction() as session:
        owners = [make_person(session).id for _ in range(2)]
    for owner_id in owners:
        make(sha256=SHA, owner_id=owner_id)
    with pytest.raises(IntegrityError):
        make(sha256=SHA, owner_id=owners[0])


def test_an_asset_has_one_rendition_a_label(database, make):
    asset_id = make()
    again = Rendition(
        asset_id=asset_id, label="240p", width=2, height=2, byte_size=1, bit_rate=1, sha256=SHA
    )
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.add(again)


@pytest.mark.parametrize(
    ("label", "side"),
    [("audio", 2), ("240p", 0), ("480p", 0), ("720p", 0), ("1080p", 2), ("sound", 0)],
)
def test_sound_alone_has_no_size_and_every_picture_has_one(database, label, side):
    with database.transaction() as session:
        asset_id = make_asset(session, state="uploading", sha256=None).id
    sizes = {"width": side, "height": side, "byte_size": 1, "bit_rate": 1}
    with pytest.raises(IntegrityError) as raised, database.transaction() as session:
        session.add(Rendition(asset_id=asset_id, label=label, sha256=SHA, **sizes))
    assert "ck_rendition_" in str(raised.value.orig)


def test_captions_are_never_changed_and_of_no_foreign_language(database):
    with database.transaction() as session:
        asset = make_asset(session)
        kept = make_caption(session, asset)
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.get_one(Caption, kept.id).text = "WEBVTT\n"
    with pytest.raises(IntegrityError), database.transaction() as session:
        session.delete(session.get_one(Caption, kept.id))
    with pytest.raises(IntegrityError), database.transaction() as session:
        make_caption(session, asset, language="fr")


def test_states_are_those_of_the_rules(make, refused_by):
    assert "ck_asset_state" in refused_by(make(state="queued"), state="done")
