"""Files sent in pieces while processes die and the disk is full: each arrives whole, once."""

import os
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from sqlalchemy import select

from lms.app import create_app
from lms.core.access import Role, Scope, ScopeKind
from lms.core.ids import new_token
from lms.db.session import Database, now
from lms.jobs.models import Job
from lms.media.models import Asset, Upload
from lms.settings import Settings
from tests.factories.accounts import make_sign_in, make_staff
from tests.faults.ground import open_ground
from tests.faults.players import dice
from tests.faults.senders import Sender, content
from tests.faults.test_beats_under_fire import kill_a_worker
from tests.support import summary
from tests.support.production import browser_headers, environment, serving

SENDERS = 4
SIZE = 3_000_000
MIB = 1024 * 1024


@pytest.fixture
def instructors(tmp_path: Path) -> Callable[..., tuple[dict[str, str], Database, list]]:
    """Call it for the site's variables, its database and the browsers of some instructors."""

    def made(url: str, count: int) -> tuple[dict[str, str], Database, list[dict[str, str]]]:
        variables = environment(tmp_path, url)
        app = create_app(Settings.from_env(variables))
        database: Database = app.extensions["lms_database"]
        browsers = []
        with database.transaction() as session:
            for _ in range(count):
                person = make_staff(session, Role.INSTRUCTOR, Scope(ScopeKind.PLATFORM))
                token = new_token()
                make_sign_in(session, person, token=token, second_factor_at=now(session))
                browsers.append(browser_headers(app, token))
        return variables, database, browsers

    return made


def test_killed_workers_cost_an_upload_nothing_that_was_acknowledged(
    engine: str,
    moments: int,
    seed: int,
    tell: Callable[[str], None],
    instructors: Callable[..., tuple[dict[str, str], Database, list[dict[str, str]]]],
    tmp_path: Path,
) -> None:
    chance = dice(seed, "uploads")
    files = max(2, moments // 3)
    with open_ground(engine) as ground:
        variables, database, browsers = instructors(ground.url, SENDERS)
        with serving("wsgi:app", variables) as served:
            senders = [
                Sender(
                    served.port,
                    headers,
                    [content(100 * each + number, SIZE) for number in range(files)],
                    dice(seed, f"sender {each}"),
                )
                for each, headers in enumerate(browsers)
            ]
            for sender in senders:
                sender.start()
            struck = 0
            while any(sender.is_alive() for sender in senders):
                # Whoever dies between two requests is missed by nobody.
                if struck < moments or not any(sender.broken for sender in senders):
                    kill_a_worker(served, chance)
                    struck += 1
                senders[struck % SENDERS].join(chance.uniform(0.05, 0.5))
        check_all_arrived(database, tmp_path, senders, files)
        database.dispose()
    broken = sum(sender.broken for sender in senders)
    taken = sum(sender.acknowledged for sender in senders)
    assert broken > 0, "nobody noticed"
    tell(
        f"uploads on {engine}: {struck} moments, {SENDERS * files} files in {taken} pieces, "
        f"{broken} broken lines, each whole and with one job; seed {seed}"
    )


def check_all_arrived(database: Database, folder: Path, senders: list[Sender], files: int) -> None:
    with database.snapshot() as session:
        whole = set(session.scalars(select(Upload.asset_id).where(Upload.finished_at.is_not(None))))
        waiting = [job.args["asset"] for job in session.scalars(select(Job))]
    assert sorted(waiting) == sorted(whole), "one job for each whole file"
    for sender in senders:
        assert sender.strange == []
        assert len(sender.whole) == files
        for asset_id, sent in sender.whole.items():
            assert asset_id in whole
            assert (folder / "media" / "uploads" / asset_id).read_bytes() == sent


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[None]:
    """Let the folder be a disk of its own with little room."""
    if os.geteuid() != 0:
        summary.miss("A full disk", "only the superuser can make a small one")
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, check=False).returncode != 0:
        summary.miss("A full disk", "this machine lets nobody mount one")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def test_a_full_disk_keeps_what_arrived_and_goes_on_once_there_is_room(
    tmp_path: Path,
    instructors: Callable[..., tuple[dict[str, str], Database, list[dict[str, str]]]],
) -> None:
    folder = tmp_path / "media" / "uploads"
    with open_ground("sqlite") as ground, small_disk(folder, 4 * MIB):
        variables, database, [browser] = instructors(ground.url, 1)
        filler = folder / "filler"
        filler.write_bytes(b"x" * 2 * MIB)
        sent = content(1, SIZE)
        with serving("wsgi:app", variables) as served:
            sender = Sender(served.port, browser, [], dice(1, "full"))
            said = {"Upload-Length": str(SIZE)}
            _, headers = sender.ask("POST", "/api/v1/uploads", said)
            address = headers["location"].split(str(served.port), 1)[1]

            chunk = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"}
            status, headers = sender.ask("PATCH", address, chunk, sent)
            assert status == HTTPStatus.SERVICE_UNAVAILABLE
            _, headers = sender.ask("HEAD", address, {})
            kept = int(headers["upload-offset"])
            assert MIB < kept < SIZE
            with database.snapshot() as session:
                assert session.scalars(select(Asset.state)).one() == "uploading"

            filler.unlink()
            chunk["Upload-Offset"] = str(kept)
            status, _ = sender.ask("PATCH", address, chunk, sent[kept:])
            assert status == HTTPStatus.NO_CONTENT
        assert (folder / address.rsplit("/", 1)[-1]).read_bytes() == sent
        database.dispose()
