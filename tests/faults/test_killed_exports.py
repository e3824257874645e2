"""A worker killed over a list with full numbers: it is absent or whole, and nothing is left."""

import io
import os
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from random import Random

import openpyxl
from sqlalchemy import func, select, update

from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.domain import DeliveryKind
from lms.delivery.models import Delivery
from lms.delivery.service import open_whole
from lms.jobs.models import Job
from lms.jobs.service import STALE_AFTER
from lms.roster import service
from lms.roster.domain.filters import Filters, Status
from lms.settings import Settings
from tests.architecture.rules.source import ROOT
from tests.factories.roster import make_small_county
from tests.faults.halting_exporter import STEPS
from tests.integration.roster.exports import files, make_administrator, ordered, place

ROWS = 3
_PATIENCE = 120


class Scene:
    """A list with full numbers that was approved, and the workers that make it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self.database, self.settings = database, settings
        with database.transaction() as session:
            make_small_county(session)
            self.owner, ruler = make_administrator(session), make_administrator(session)
        order = ordered(is_unmasked=True, filters=Filters(status=Status.ALL))
        self.export_id = place(database, self.owner, order)
        with database.transaction() as session:
            at = now(session)
            service.approve_export(session, actor=ruler, export_id=self.export_id, now=at)

    def row(self) -> Delivery:
        with self.database.snapshot() as session:
            return session.get_one(Delivery, self.export_id)

    def find_dead(self) -> None:
        """Turn the clock of the job back, as if a killed worker's minute had passed."""
        with self.database.transaction() as session:
            ago = now(session) - STALE_AFTER - timedelta(seconds=5)
            session.execute(update(Job).values(created_at=ago))
            running = update(Job).where(Job.state == "running")
            # A death a kill; that three of them park a job is another test's.
            session.execute(running.values(heartbeat_at=ago, attempts=1))

    @contextmanager
    def worker(self, halt_at: int) -> Iterator[Callable[[], bool]]:
        """Let a worker run that halts at a step, and kill it; yield whether it has come there."""
        self.find_dead()
        own = {name: value for name, value in os.environ.items() if not name.startswith("LMS_")}
        site = {
            "LMS_DATA_DIR": str(self.settings.data_dir),
            "LMS_DATABASE_URL": self.settings.database_url,
            "LMS_VAULT_KEYS": "k1:" + b64encode(self.settings.vault_keys["k1"]).decode(),
        }
        marker = self.settings.data_dir / "halted"
        marker.unlink(missing_ok=True)
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.halting_exporter", str(marker), str(halt_at)],
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

    def check_whole(self, owner: Actor) -> None:
        """Make sure that what is recorded is what lies there: every row, by its hash."""
        with self.database.snapshot() as session:
            at = now(session)
            handed = service.ready_export(session, actor=owner, export_id=self.export_id, now=at)
            made = service.own(session, owner, self.export_id)[0].rows_total
        with open_whole(self.settings, handed, DeliveryKind.EXPORT) as opened:
            book = openpyxl.load_workbook(io.BytesIO(opened.read()))
        assert (made, book.worksheets[0].max_row) == (ROWS, ROWS + 3)


def wait_until(is_so: Callable[[], object]) -> None:
    """Wait for what the worker will do; fail where it does not."""
    ends = time.monotonic() + _PATIENCE
    while time.monotonic() < ends:
        if is_so():
            return
        time.sleep(0.05)
    raise AssertionError("the worker did not come so far")


def test_a_list_whose_worker_is_killed_is_absent_or_whole_and_nothing_else_is_left(
    database: Database, settings: Settings, moments: int, seed: int, tell: Callable[[str], None]
) -> None:
    # The last step is behind the record: a list that is recorded is not made again.
    steps = Random(seed).choices(range(STEPS - 1), k=max(moments - 1, 1))  # noqa: S311 (no secret)
    scene = Scene(database, settings)
    for step in (*steps, STEPS - 1):
        with scene.worker(halt_at=step) as has_halted:
            wait_until(has_halted)
        if step < STEPS - 1:
            assert scene.row().path is None, f"killed at step {step}, --seed {seed}"
        else:
            scene.check_whole(scene.owner)
    with scene.worker(halt_at=-1):
        wait_until(lambda: files(settings) == [f"{scene.export_id}.xlsx"])
        wait_until(lambda: job_state(database) == "done")
    scene.check_whole(scene.owner)
    assert files(settings) == [f"{scene.export_id}.xlsx"]
    with database.snapshot() as session:
        assert audit.verify(session).fault is None
        made = select(func.count()).where(AuditEntry.action == "export.made")
        assert session.scalar(made) == 1
    tell(f"export on {database.url.get_backend_name()}: killed {len(steps) + 1} times, seed {seed}")


def job_state(database: Database) -> str:
    with database.snapshot() as session:
        return session.scalars(select(Job.state).where(Job.kind == service.JOB_KIND)).one()
