"""Starts workers that halt at a step and kills them there, as if the power had gone."""

import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from sqlalchemy import select, update

from lms.db.session import Database, now
from lms.jobs.models import Job
from lms.jobs.service import STALE_AFTER
from lms.settings import Settings
from tests.architecture.rules.source import ROOT

_PATIENCE = 120


class HaltedWorkers:
    """Runs the workers of a module of this folder, one after the other, on a site of their own."""

    def __init__(self, database: Database, settings: Settings, module: str) -> None:
        self._database, self._settings, self._module = database, settings, module

    @contextmanager
    def one(self, halt_at: int) -> Iterator[Callable[[], bool]]:
        """Let a worker run that halts at a step, and kill it; yield whether it has come there."""
        self._find_dead()
        own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        site = {
            "LMS_DATA_DIR": str(self._settings.data_dir),
            "LMS_DATABASE_URL": self._settings.database_url,
            "LMS_VAULT_KEYS": "k1:" + b64encode(self._settings.vault_keys["k1"]).decode(),
        }
        marker = self._settings.data_dir / "halted"
        marker.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", f"tests.faults.{self._module}", str(marker), str(halt_at)],
            cwd=ROOT,
            env={**own, **site},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            yield marker.exists
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()

    def job_state(self, kind: str) -> str:
        """Return where the one job of the kind stands."""
        with self._database.snapshot() as session:
            return session.scalars(select(Job.state).where(Job.kind == kind)).one()

    def _find_dead(self) -> None:
        """Turn the clock of the job back, as if a killed worker's minute had passed."""
        with self._database.transaction() as session:
            ago = now(session) - STALE_AFTER - timedelta(seconds=5)
            session.execute(update(Job).values(created_at=ago))
            running = update(Job).where(Job.state == "running")
            # A death a kill; that three of them park a job is another test's.
            session.execute(running.values(heartbeat_at=ago, attempts=1))


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what the worker will do; fail where it does not."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("the worker did not come so far")
