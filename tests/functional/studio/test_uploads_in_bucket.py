"""With a bucket any machine takes the next piece of an upload, and any worker prepares it."""

from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from lms.app import create_app
from lms.catalog.models import Item
from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import new_token
from lms.db.session import Database
from lms.media.models import Asset
from lms.media.tasks import clear_uploads
from lms.settings import BucketSettings, Settings
from tests.factories.accounts import make_sign_in, make_staff
from tests.factories.content import tiny_video
from tests.functional.studio.tus import Tus, item_of
from tests.support import s3, site

pytestmark = pytest.mark.usefixtures("empty_lesson")


@pytest.fixture
def engine() -> str:
    """One engine is enough where the store is what is tried."""
    return "sqlite"


@pytest.fixture
def machines(
    settings: Settings,
    database: Database,
    queue: site.WaitingQueue,
    bucket: BucketSettings,
    tmp_path: Path,
) -> list[tuple[Flask, Settings]]:
    """Two machines with a folder each, one database and one bucket."""
    made = []
    for name in ("here", "there"):
        own = replace(settings, data_dir=tmp_path / name, bucket=bucket)
        app = create_app(own, database=database, queue=queue)
        app.test_client_class = site.Client
        made.append((app, own))
    return made


@pytest.fixture
def browsers(
    machines: list[tuple[Flask, Settings]], database: Database, institution_id: int
) -> list[Tus]:
    """The same instructor's browser at each machine."""
    scope = Scope(ScopeKind.INSTITUTION, str(institution_id))
    token = new_token()
    with database.transaction() as session:
        person = make_staff(session, Role.INSTRUCTOR, scope)
        make_sign_in(session, person, token=token)
    opened = []
    for app, _ in machines:
        client = app.test_client()
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = token, True
        opened.append(Tus(client))
    return opened


def test_one_machine_begins_the_other_ends_and_a_third_prepares(
    browsers: list[Tus],
    machines: list[tuple[Flask, Settings]],
    database: Database,
    queue: site.WaitingQueue,
    bucket: BucketSettings,
    tmp_path: Path,
) -> None:
    here, there = browsers
    content = tiny_video(854)
    half = len(content) // 2
    address = here.begin(len(content), filename="第一课.mp4", item=item_of(database).id)
    assert here.send(address, 0, content[:half]).status_code == 204
    assert there.offset(address) == half
    clear_uploads(database, machines[0][1])
    assert there.send(address, half, content[half:]).status_code == 204

    worker = replace(machines[0][1], data_dir=tmp_path / "worker")
    site.run_jobs_of(database, worker, queue)()

    with database.snapshot() as session:
        asset = session.scalars(select(Asset)).one()
        assert session.scalars(select(Item)).one().asset_id == asset.id
    assert asset.state == "ready"
    keys = s3.keys_in(bucket)
    assert not [key for key in keys if key.startswith("uploads/")]
    assert f"originals/{asset.sha256[:2]}/{asset.sha256}" in keys
    assert not [path for path in (tmp_path / "here").rglob("*") if path.is_file()]


def test_what_is_stopped_leaves_no_piece(browsers: list[Tus], bucket: BucketSettings) -> None:
    here, there = browsers
    content = tiny_video(854)
    address = here.begin(len(content))
    here.send(address, 0, content[:5_000])
    assert there.stop(address).status_code == 204
    assert here.head(address).status_code == 404
    assert s3.keys_in(bucket) == set()


def test_a_store_that_is_away_is_told_and_nothing_is_taken_as_sent(
    browsers: list[Tus], object_store: s3.Store
) -> None:
    here, _ = browsers
    content = tiny_video(854)
    address = here.begin(len(content))
    here.send(address, 0, content[:5_000])
    object_store.stop()
    try:
        answer = here.send(address, 5_000, content[5_000:])
        assert (answer.status_code, answer.json["code"]) == (502, "store_away")
    finally:
        object_store.start()
    assert here.offset(address) == 5_000
    assert here.send(address, 5_000, content[5_000:]).status_code == 204
