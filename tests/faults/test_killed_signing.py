"""A worker killed while it signs: every badge is signed once in the end, none lost, none twice."""

import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from sqlalchemy import func, select, update

from lms.credentials.domain.verdict import Verdict
from lms.credentials.models import Credential, StatusList
from lms.credentials.service import judging
from lms.db.session import Database, now
from lms.jobs.models import Job
from lms.jobs.service import STALE_AFTER, JobRequest, enqueue
from lms.wiring import event_bus
from tests.architecture.rules.source import ROOT
from tests.factories.credentials import make_badge_course, make_graduate, make_pending
from tests.support.databases import create_schema, fresh_url

BADGES = 160
# Judging costs as much as three signatures; every so many-th is looked at.
LOOKED_AT = 8
KILLS = 3
_PATIENCE = 120


def start(folder: Path, url: str) -> subprocess.Popen[bytes]:
    own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
    environment = {**own, "LMS_DATA_DIR": str(folder), "LMS_DATABASE_URL": url}
    return subprocess.Popen(
        [sys.executable, "-m", "flask", "worker"],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def signed(database: Database) -> int:
    with database.snapshot() as session:
        rows = select(func.count()).where(Credential.state == "valid")
        return session.scalar(rows) or 0


def wait_for(database: Database, more_than: int) -> int:
    """Return how many badges are signed once there are more; fail where none comes."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        count = signed(database)
        if count > more_than:
            return count
        time.sleep(0.05)
    raise AssertionError(f"still {more_than} badges signed")


def let_it_be_found_dead(database: Database) -> None:
    """Turn the heartbeat of the killed worker's job back, as if its minute had passed."""
    with database.transaction() as session:
        long_ago = now(session) - STALE_AFTER - timedelta(seconds=5)
        # A death a kill; that three of them park a job is another test's.
        values = {"heartbeat_at": long_ago, "attempts": 1}
        session.execute(update(Job).where(Job.state == "running").values(values))


def test_a_killed_worker_loses_no_badge_and_signs_none_twice(tmp_path: Path) -> None:
    with fresh_url("sqlite", create_schema) as url:
        database = Database(url, bus=event_bus())
        with database.transaction() as session:
            course = make_badge_course(session)
            graduates = [make_graduate(session, course=course) for _ in range(BADGES)]
            for each in graduates:
                make_pending(session, each)
            session.execute(update(Job).values(state="cancelled"))
            enqueue(session, JobRequest("credentials.backlog", "credentials.backlog:test", {}))
        before = 0
        for _ in range(KILLS):
            worker = start(tmp_path, url)
            before = wait_for(database, before)
            worker.send_signal(signal.SIGKILL)
            worker.wait()
            let_it_be_found_dead(database)
        assert 0 < signed(database) < BADGES, "the kills came while it was at work"
        worker = start(tmp_path, url)
        try:
            while before < BADGES:
                before = wait_for(database, before)
        finally:
            worker.terminate()
            worker.wait()
        check(database)
        database.dispose()


def check(database: Database) -> None:
    with database.snapshot() as session:
        badges = session.scalars(select(Credential)).all()
        assert len({badge.person_id for badge in badges}) == len(badges) == BADGES
        assert len({badge.status_index for badge in badges}) == BADGES
        assert session.scalars(select(StatusList.taken)).one() >= BADGES
        for badge in badges[::LOOKED_AT]:
            found = judging.judge(session, (badge.document or "").encode(), at=now(session))
            assert found.verdict is Verdict.VALID
