"""Workers and their ffmpeg killed over videos: each is whole in the end, and none is ever half."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from lms.db.session import Database, now
from lms.jobs.models import Job
from lms.jobs.service import STALE_AFTER
from lms.media import queries, service
from lms.media.gateway.storage import LocalStorage, sha256_of
from lms.media.models import Asset, Rendition
from lms.media.queries import AssetFacts
from lms.wiring import event_bus
from tests.architecture.rules.source import ROOT
from tests.factories.accounts import make_person
from tests.factories.videos import run_ffmpeg, video
from tests.support.databases import create_schema, fresh_url

_PATIENCE = 120
_MINUTE_PASSED = STALE_AFTER + timedelta(seconds=5)


class Scene:
    """One upload on a site of its own, and the worker that prepares it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.media = folder / "media"
        self.database = Database(url, bus=event_bus())
        self._url = url
        self._worker: subprocess.Popen[bytes] | None = None
        source = folder / "lesson.mp4"
        long = ("-stream_loop", "6", "-i", str(video("sharp.mp4")), "-c", "copy", str(source))
        run_ffmpeg(*long)
        with source.open("rb") as stream:
            received = service.receive(LocalStorage(self.media), stream, declared_bytes=None)
        with self.database.transaction() as session:
            person = make_person(session)
            self.asset_id = service.register_upload(
                session, received=received, filename="lesson.mp4", owner_id=person.id
            ).id

    def start(self) -> None:
        """Start a worker to which every job seems to have waited long enough."""
        with self.database.transaction() as session:
            ago = now(session) - _MINUTE_PASSED
            session.execute(update(Job).values(created_at=ago, due_at=None))
            running = update(Job).where(Job.state == "running")
            session.execute(running.values(heartbeat_at=ago, attempts=1))
        own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        site = {"LMS_DATA_DIR": str(self.folder), "LMS_DATABASE_URL": self._url}
        self._worker = subprocess.Popen(
            [sys.executable, "-m", "flask", "worker"],
            cwd=ROOT,
            env={**own, **site},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def end(self, how: signal.Signals) -> None:
        """End the worker and wait until nothing of it works on."""
        if self._worker is not None:
            self._worker.send_signal(how)
            self._worker.wait(_PATIENCE)
            self._worker = None
        wait_until(lambda: not self.programs())

    def programs(self) -> list[int]:
        """Return the processes that work in the video's folder."""
        place, found = self.media / "work" / self.asset_id, []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if (entry / "cwd").readlink() == place and b"filter_complex" in (
                    entry / "cmdline"
                ).read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
        return found

    def facts(self) -> AssetFacts:
        """Return what is known of the video."""
        with self.database.snapshot() as session:
            return queries.asset_facts(session, [self.asset_id])[self.asset_id]

    def check_served(self) -> None:
        """Make sure that what the tables name is there, byte for byte."""
        with self.database.snapshot() as session:
            asset = session.get_one(Asset, self.asset_id)
            rows = select(Rendition.label, Rendition.sha256).where(Rendition.asset_id == asset.id)
            files = {row.label: row.sha256 for row in session.execute(rows)}
        storage = LocalStorage(self.media)
        for label, sha256 in files.items():
            name = f"{label}.m4a" if label == "audio" else f"{label}.mp4"
            assert sha256_of(storage.served(asset.id, asset.version or "", name)) == sha256


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what the worker will do; fail where it does not."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("the worker did not come so far")


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """An upload that waits for a worker."""
    with fresh_url("sqlite", create_schema) as url:
        made = Scene(tmp_path, url)
        try:
            yield made
        finally:
            made.end(signal.SIGKILL)
            made.database.dispose()


def test_a_video_survives_kills_of_its_workers_and_its_programs(scene: Scene) -> None:
    scene.start()
    wait_until(scene.programs)
    scene.end(signal.SIGKILL)
    assert scene.facts().state == "processing"
    assert not (scene.media / "assets").exists()

    scene.start()
    wait_until(lambda: scene.facts().is_playable)
    length = scene.facts().duration_ms
    scene.check_served()
    wait_until(scene.programs)
    for program in scene.programs():
        os.kill(program, signal.SIGKILL)
    wait_until(lambda: resting(scene))
    assert scene.facts().ladder == "waiting"
    scene.end(signal.SIGTERM)

    for how in (signal.SIGTERM, signal.SIGKILL):
        scene.start()
        wait_until(scene.programs)
        scene.end(how)
        assert (scene.facts().state, scene.facts().has_stream) == ("ready", False)
        scene.check_served()

    scene.start()
    wait_until(lambda: scene.facts().ladder == "done")
    scene.check_served()
    assert scene.facts().duration_ms == length
    assert len(list((scene.media / "assets").rglob("master.m3u8"))) == 1
    wait_until(lambda: not [path for path in (scene.media / "work").iterdir() if path.is_dir()])


def resting(scene: Scene) -> bool:
    """Tell whether the job was put back to rest, through a fault outside."""
    with scene.database.snapshot() as session:
        job = session.scalars(select(Job).where(Job.kind == "media.ladder")).one()
        return (job.state, job.faults) == ("queued", 1)
