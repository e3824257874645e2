"""What a course folder's finished video becomes in the tables."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from lms.core.ids import new_uuid
from lms.db.bus import Bus
from lms.db.session import Database
from lms.media import queries, service
from lms.media.domain.names import Label, Language
from lms.media.domain.prepared import PreparedRendition, PreparedVideo
from lms.media.events import AssetReady
from lms.media.gateway.storage import Received
from lms.media.models import Asset, Caption, Rendition
from lms.media.service import StagedVideo

SMALL = PreparedRendition(Label.SMALL, 426, 240, 100, 800, "a" * 64)
MEDIUM = PreparedRendition(Label.MEDIUM, 854, 480, 300, 2400, "b" * 64)
STAGED = StagedVideo(
    asset_id=new_uuid(),
    filename="480p.mp4",
    prepared=PreparedVideo((SMALL, MEDIUM), "c" * 64, 60_000),
    captions={Language.ZH: ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\n一\n", "zh.vtt")},
)


@pytest.fixture
def adopt(database):
    def adopt(staged):
        with database.transaction() as session:
            asset = service.adopt_renditions(session, staged=staged)
            return queries.asset_facts(session, [asset.id])[asset.id]

    return adopt


@pytest.fixture
def count(database):
    def count(model):
        with database.snapshot() as session:
            return session.scalar(select(func.count()).select_from(model))

    return count


def test_a_staged_video_is_a_ready_asset_of_nobody(adopt):
    found = adopt(STAGED)
    assert (found.asset_id, found.owner_id) == (STAGED.asset_id, None)
    assert (found.duration_ms, found.width, found.height) == (60_000, 854, 480)
    assert found.version == STAGED.prepared.version
    assert list(found.captions) == ["zh"]
    assert found.is_playable


def test_adopting_the_same_again_writes_nothing_new(adopt, count):
    assert adopt(STAGED) == adopt(STAGED)
    assert (count(Asset), count(Rendition), count(Caption)) == (1, 2, 1)


def test_another_poster_or_lighter_rendition_brings_the_asset_up_to_date(adopt, count):
    adopt(STAGED)
    lighter = replace(SMALL, byte_size=50, sha256="d" * 64)
    changed = replace(STAGED.prepared, renditions=(lighter, MEDIUM))
    found = adopt(replace(STAGED, prepared=changed))
    assert found.version == changed.version
    assert found.renditions[0].byte_size == 50
    assert (count(Asset), count(Rendition)) == (1, 2)


def test_an_upload_of_the_same_content_stays_another_asset(adopt, database, owner_id):
    adopted = adopt(STAGED)
    with database.transaction() as session:
        sent = service.register_upload(
            session,
            received=Received(MEDIUM.sha256, 300),
            filename="a.mp4",
            owner_id=owner_id,
        )
        assert sent.id != adopted.asset_id


def test_higher_features_hear_of_an_adopted_video_once(database_url):
    heard = []
    listeners = (lambda _session, happened: heard.append(happened),)
    database = Database(database_url, bus=Bus({AssetReady: listeners}))
    for _ in range(2):
        with database.transaction() as session:
            service.adopt_renditions(session, staged=STAGED)
    database.dispose()
    assert heard == [AssetReady(STAGED.asset_id, 60_000)]
