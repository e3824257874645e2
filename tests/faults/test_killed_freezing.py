"""A worker killed while it freezes a list: the batch is whole, or is being frozen; never half."""

from collections.abc import Callable
from random import Random

from sqlalchemy import func, select

from lms.audit import queries as audit
from lms.audit.models import AuditEntry
from lms.core.access import Actor
from lms.db.session import Database, now
from lms.roster import queries, service
from lms.roster.domain.frozen import FreezeState
from lms.roster.models import FrozenCells, FrozenLine, RosterBatch
from lms.settings import Settings
from tests.factories.roster import make_small_county
from tests.faults.halted import HaltedWorkers, wait_until
from tests.faults.halting_freezer import STEPS
from tests.integration.roster.exports import make_administrator
from tests.integration.roster.test_frozen import ORDER

ROWS = 3


def ordered(database: Database) -> tuple[Actor, int]:
    with database.transaction() as session:
        make_small_county(session)
        actor = make_administrator(session)
        batch = service.order_batch(session, actor=actor, order=ORDER, now=now(session))
        return actor, batch.id


def check_whole(database: Database, batch_id: int) -> None:
    """Make sure that every row is there once, and each says what its hash says."""
    with database.snapshot() as session:
        batch = session.get_one(RosterBatch, batch_id)
        found = queries.check(session, batch)
        kept = [
            session.scalar(select(func.count()).select_from(each))
            for each in (FrozenLine, FrozenCells)
        ]
    assert (found.is_whole, found.rows, found.erased) == (True, ROWS, 0)
    assert (batch.state, batch.rows_total, kept) == (FreezeState.FROZEN, ROWS, [ROWS, ROWS])
    assert batch.sums == {"hours_online_verified": 30}


def test_a_list_whose_worker_is_killed_is_never_half_and_called_frozen(
    database: Database, settings: Settings, moments: int, seed: int, tell: Callable[[str], None]
) -> None:
    # The last step is behind the close: a batch that is whole is not frozen again.
    steps = Random(seed).choices(range(STEPS - 1), k=max(moments - 1, 1))  # noqa: S311 (no secret)
    workers = HaltedWorkers(database, settings, "halting_freezer")
    actor, batch_id = ordered(database)
    for step in (*steps, STEPS - 1):
        with workers.one(halt_at=step) as has_halted:
            wait_until(has_halted)
        with database.snapshot() as session:
            shown = queries.batch(session, actor, batch_id)
        if step < STEPS - 1:
            assert shown.state is FreezeState.FREEZING, f"killed at step {step}, --seed {seed}"
            assert (shown.batch.sha256, shown.batch.rows_total) == (None, None)
        else:
            check_whole(database, batch_id)
    with workers.one(halt_at=-1):
        wait_until(lambda: workers.job_state(service.FREEZE_JOB) == "done")
    check_whole(database, batch_id)
    with database.snapshot() as session:
        assert audit.verify(session).fault is None
        closed = select(func.count()).where(AuditEntry.action == "batch.frozen")
        assert session.scalar(closed) == 1
    tell(f"frozen on {database.url.get_backend_name()}: killed {len(steps) + 1} times, seed {seed}")
