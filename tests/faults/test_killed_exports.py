"""A worker killed over a list with full numbers: it is absent or whole, and nothing is left."""

import io
from collections.abc import Callable
from random import Random

import openpyxl
from sqlalchemy import func, select

from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.delivery.domain import DeliveryKind
from lms.delivery.models import Delivery
from lms.delivery.service import open_whole
from lms.roster import service
from lms.roster.domain.filters import Filters, Status
from lms.settings import Settings
from tests.factories.roster import make_small_county
from tests.faults.halted import HaltedWorkers, wait_until
from tests.faults.halting_exporter import STEPS
from tests.integration.roster.exports import files, make_administrator, ordered, place

ROWS = 3


class Scene:
    """A list with full numbers that was approved."""

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

    def check_whole(self, owner: Actor) -> None:
        """Make sure that what is recorded is what lies there: every row, by its hash."""
        with self.database.snapshot() as session:
            at = now(session)
            handed = service.ready_export(session, actor=owner, export_id=self.export_id, now=at)
            made = service.own(session, owner, self.export_id)[0].rows_total
        with open_whole(self.settings, handed, DeliveryKind.EXPORT) as opened:
            book = openpyxl.load_workbook(io.BytesIO(opened.read()))
        assert (made, book.worksheets[0].max_row) == (ROWS, ROWS + 3)


def test_a_list_whose_worker_is_killed_is_absent_or_whole_and_nothing_else_is_left(
    database: Database, settings: Settings, moments: int, seed: int, tell: Callable[[str], None]
) -> None:
    # The last step is behind the record: a list that is recorded is not made again.
    steps = Random(seed).choices(range(STEPS - 1), k=max(moments - 1, 1))  # noqa: S311 (no secret)
    scene, workers = (
        Scene(database, settings),
        HaltedWorkers(database, settings, "halting_exporter"),
    )
    for step in (*steps, STEPS - 1):
        with workers.one(halt_at=step) as has_halted:
            wait_until(has_halted)
        if step < STEPS - 1:
            assert scene.row().path is None, f"killed at step {step}, --seed {seed}"
        else:
            scene.check_whole(scene.owner)
    with workers.one(halt_at=-1):
        wait_until(lambda: files(settings) == [f"{scene.export_id}.xlsx"])
        wait_until(lambda: workers.job_state(service.JOB_KIND) == "done")
    scene.check_whole(scene.owner)
    assert files(settings) == [f"{scene.export_id}.xlsx"]
    with database.snapshot() as session:
        assert audit.verify(session).fault is None
        made = select(func.count()).where(AuditEntry.action == "export.made")
        assert session.scalar(made) == 1
    tell(f"export on {database.url.get_backend_name()}: killed {len(steps) + 1} times, seed {seed}")
